import type { AlertChannel, OutgoingNotice } from '../../application/alerts/alert-channel';
import type { Log } from '../../application/shared/log';

/** Writes alerts to the log of the service. */
export class LogChannel implements AlertChannel {
  constructor(private readonly log: Log) {}

  async send({ notice: { id, message, camera_id, alert_type, timestamp } }: OutgoingNotice): Promise<string> {
    this.log.warn(`alert: ${message}`, { alert: id, camera: camera_id, type: alert_type, at: timestamp });
    return 'written';
  }
}
