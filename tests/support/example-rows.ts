import { sha256 } from '../../src/domain/shared/sha256';

/** Rows of the site of the examples that no call of the API makes with an id that is known before. */
export const ALERTS = `
  INSERT INTO alert_rules (id, name, camera_id, rule_type, conditions, notification_channels, recipients, priority, created_by)
  VALUES
    (11, 'Hairnet burst', 'gate', 'violation_threshold',
     '{"violation_type": "no_hairnet", "threshold": 1, "duration_minutes": 10}', '["email"]', '["shift@plant.example"]', 'high', 'li'),
    (12, 'Hand washing', NULL, 'violation_threshold', '{"threshold": 20, "duration_minutes": 60}', '["websocket"]', NULL, 'low', 'li'),
    (13, 'Not needed any more', NULL, 'violation_threshold', '{"threshold": 90}', '["log"]', NULL, 'low', 'li');
  UPDATE alert_rules SET enabled = false WHERE id <> 12;
  SELECT setval(pg_get_serial_sequence('alert_rules', 'id'), 20);
  INSERT INTO alert_history (id, rule_id, camera_id, timestamp, alert_type, message, details, notification_sent, notification_channels_used)
  SELECT id, 11, 'gate', now() - make_interval(hours => 10 - id), 'violation_threshold', '5 violations at gate within 10 min',
         '{"kind": "alert", "count": 5}', true, '["email"]'
  FROM generate_series(1, 3) AS id;
  INSERT INTO alert_deliveries (id, alert_id, channel, target, idempotency_key, status, attempts, attempt_log)
  VALUES (1, 1, 'email', 'shift@plant.example', '018fd3c2-7a10-7000-8000-0000000000a1', 'dead', 1,
          '[{"at": "2026-01-05T08:00:00.000Z", "ok": false, "detail": "the mail server does not answer", "ms": 5003}]');
  INSERT INTO rollout_verifications (id, group_name, expires_at) VALUES
    ('rollout-verify-91f3a0bc', 'event-write', now() + interval '1 hour'),
    ('rollout-verify-5d21c07e', 'event-write', now() + interval '1 hour');
  INSERT INTO rollout_mismatches (group_name, entry, operation, at, request_id, served, pointers, input, answers)
  VALUES ('camera-config', 1, 'cameras.get', now(), 'c0ffee', 'domain', '[{"pointer": "/value/fps", "domain": 5, "legacy": "5"}]',
          '{"camera_id": "gate"}', '{"domain": {"fps": 5}, "legacy": {"fps": "5"}}');
  INSERT INTO nodes (id, name, place, version, capacity, labels, alone, ended)
  VALUES ('hall-a-3f9c2e', 'hall-a/4711', '/', '0.1.0', 64, '{gpu}', false, 'left');
`;

/** The second one's text is in the example of signing in; of the first there is none. */
export const TOKEN = `
  INSERT INTO api_tokens (id, name, role, hash, created_at) VALUES
    ('3f0c5e1d2b7a9c44', 'wang', 'viewer', repeat('0', 64), now() - interval '1 day'),
    ('5a1b2c3d4e5f6071', 'li', 'admin', '${sha256('for-the-examples-of-the-api-document-only-0')}', now() - interval '2 days');
`;
