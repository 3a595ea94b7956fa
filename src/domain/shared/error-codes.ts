/** `source-failed` and `source-silent` are a camera's fault: a retry gives the same. */
export type ErrorKind =
  | 'invalid'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'conflict'
  | 'source-failed'
  | 'source-silent'
  | 'stale'
  | 'throttled'
  | 'unavailable'
  | 'timeout';

interface ErrorEntry {
  readonly kind: ErrorKind;
  /** For people who meet the code in a log or a client; the answer's `detail` says more of the one case. */
  readonly meaning: string;
  readonly since: string;
}

const of = (kind: ErrorKind, meaning: string, since = '0.1.0'): ErrorEntry => ({ kind, meaning, since });

/** Every refusal and failure of an operation; the codes are stable and public. `docs/errors.md` is made from this. */
const TABLE = {
  'access.unauthorized': of('unauthorized', 'A token is needed and none, or one that is not valid, was sent.'),
  'access.foreign_origin': of(
    'forbidden',
    'A page of another origin made a browser send its session: only pages of this service may change something by it.',
  ),
  'access.forbidden': of('forbidden', 'The role of the token does not allow this operation.'),
  'access.invalid': of('invalid', 'The token to be created breaks a rule; `errors` says which.'),
  'access.throttled': of('throttled', 'Too many requests; `Retry-After` says how long to wait.'),
  'access.token_not_found': of('not-found', 'There is no token of this id.'),
  'alert.not_found': of('not-found', 'There is no alert of this id.'),
  'alert.resolved': of('conflict', 'The alert is resolved already.'),
  'alert_delivery.not_dead': of('conflict', 'Only a delivery that was given up can be tried again.'),
  'alert_delivery.not_found': of('not-found', 'There is no delivery of this id.'),
  'alert_rule.busy': of('unavailable', 'Another change of alert rules is under way; nothing was changed, try again.'),
  'alert_rule.invalid': of('invalid', 'The alert rule breaks a rule; `errors` says which.'),
  'alert_rule.not_found': of('not-found', 'There is no alert rule of this id.'),
  'alert_rule.unknown_type': of('conflict', 'The rule is of a type that only the old backend knew.'),
  'camera.changed': of(
    'stale',
    'The camera was changed since it was read; `conflicts` has each field before, as it is now, and as it was sent.',
    '0.2.0',
  ),
  'camera.conflict': of('conflict', 'File and API changed the same setting; the answer has both values.'),
  'camera.exists': of('conflict', 'There is a camera of this id already.'),
  'camera.inactive': of('invalid', 'The camera is inactive: activate it first.'),
  'camera.invalid': of('invalid', 'The camera breaks a rule; `errors` says which.'),
  'camera.log_cursor_unknown': of(
    'not-found',
    'The line of the cursor is no longer in the log: ask without a cursor.',
    '0.2.0',
  ),
  'camera.not_found': of('not-found', 'There is no camera of this id.'),
  'camera.preview_busy': of('unavailable', 'Too many previews are taken at once: try again.'),
  'camera.preview_unusable': of('unavailable', 'No ffmpeg could take the picture.'),
  'camera.probe_busy': of('unavailable', 'Two sources are being tried already: try again.', '0.2.0'),
  'camera.source_empty': of('invalid', 'The camera has no source to take a picture from.'),
  'camera.source_failed': of('source-failed', 'The camera refused or broke off; `reason` says why.'),
  'camera.source_silent': of('source-silent', 'The camera sent no picture in time.'),
  'camera_config.busy': of('conflict', 'The cameras file was edited this very moment: try again.'),
  'camera_config.changed': of(
    'stale',
    'The cameras file is no longer the one that the text started from; `sha256` is that of the present one.',
    '0.2.0',
  ),
  'camera_config.file_busy': of('unavailable', 'The cameras file is being written; nothing was changed, try again.'),
  'camera_config.file_invalid': of('conflict', 'The cameras file has faults; `file_faults` says where. Mend it first.'),
  'camera_config.file_stale': of('unavailable', 'The change is stored or refused as it says; the file follows.'),
  'camera_config.file_unreadable': of('unavailable', 'The cameras file cannot be read.'),
  'camera_config.file_unwritable': of('unavailable', 'The cameras file cannot be written.'),
  'camera_config.not_editable': of('conflict', 'The file is written in a way that cannot be edited byte for byte.'),
  'camera_config.revision_not_found': of('not-found', 'There is no revision of this number.'),
  'camera_control.elsewhere': of(
    'unavailable',
    'Another service controls the cameras, and is just changing: try again.',
  ),
  'camera_control.failed': of('unavailable', 'The service that controls the cameras failed; its log says more.'),
  'camera_control.silent': of(
    'unavailable',
    'The service that controls the cameras took the request and did not answer.',
  ),
  'database.migrating': of('unavailable', 'The database is being brought up to date.'),
  'database.unavailable': of('unavailable', 'The database cannot be reached, or refused for a moment.'),
  'detection.busy': of('unavailable', 'Another film is being looked at: try again when it is over.', '0.2.0'),
  'detection.film_not_found': of('not-found', 'There is no such film in the folder of films.', '0.2.0'),
  'detection.film_unusable': of('invalid', 'The film is no video.', '0.2.0'),
  'detection.unavailable': of('unavailable', 'Nobody looks for persons now; the health says why.', '0.2.0'),
  'journal.unavailable': of('unavailable', 'The journal of events cannot be read or written.'),
  'legacy.camera_id': of('conflict', 'The old backend gave a camera an id that cannot be taken over.'),
  'legacy.failed': of('unavailable', 'The old backend failed, or turned this service away.'),
  'legacy.interrupted': of('unavailable', 'The connection to the old backend was lost.'),
  'legacy.timeout': of('unavailable', 'The old backend did not answer in time.'),
  'legacy.unreachable': of('unavailable', 'The old backend cannot be reached.'),
  'legacy.unreadable': of('unavailable', 'The answer of the old backend cannot be used.'),
  'region.conflict': of('conflict', 'File and API changed the same setting; the answer has both values.', '0.2.0'),
  'region.exists': of('conflict', 'There is a region of this id already.', '0.2.0'),
  'region.invalid': of('invalid', 'The region breaks a rule; `errors` says which.', '0.2.0'),
  'region.not_found': of('not-found', 'There is no region of this id.', '0.2.0'),
  'region_config.busy': of('conflict', 'The regions file was edited this very moment: try again.', '0.2.0'),
  'region_config.file_busy': of(
    'unavailable',
    'The regions file is being written; nothing was changed, try again.',
    '0.2.0',
  ),
  'region_config.file_invalid': of(
    'conflict',
    'The regions file has faults; `file_faults` says where. Mend it first.',
    '0.2.0',
  ),
  'region_config.file_stale': of(
    'unavailable',
    'The change is stored or refused as it says; the file follows.',
    '0.2.0',
  ),
  'region_config.file_unreadable': of('unavailable', 'The regions file cannot be read.', '0.2.0'),
  'region_config.file_unwritable': of('unavailable', 'The regions file cannot be written.', '0.2.0'),
  'region_config.not_editable': of(
    'conflict',
    'The file is written in a way that cannot be edited; edit it by hand.',
    '0.2.0',
  ),
  'region_config.revision_not_found': of('not-found', 'There is no revision of this number.', '0.2.0'),
  'rollout.already_started': of('conflict', 'The group follows its plan already.'),
  'rollout.at_zero': of('conflict', 'The group is on legacy already.'),
  'rollout.changed': of('conflict', 'The rollout was changed meanwhile: look again and repeat.'),
  'rollout.complete': of('conflict', 'The group is complete.'),
  'rollout.drill': of('unavailable', 'The domain path was made to fail on request, to show the fallback.'),
  'rollout.evidence_missing': of('conflict', 'The stage still lacks evidence; `missing` says which.'),
  'rollout.group_not_found': of('not-found', 'There is no rollout group of this name.'),
  'rollout.kill_invalid': of('invalid', 'Only the kill of one group can end by itself.'),
  'rollout.killed': of('conflict', 'The rollout is killed: lift the kill first.'),
  'rollout.not_paused': of('conflict', 'There is nothing to resume.'),
  'node.not_found': of('not-found', 'There is no node with this id.'),
  'rollout.not_running': of('conflict', 'The group is not running.'),
  'rollout.plan_running': of(
    'conflict',
    'The group follows its plan: roll it back before a percentage is set by hand.',
  ),
  'rollout.rolled_back': of('conflict', 'The group was rolled back: start it anew.'),
  'rollout.verification_not_found': of('not-found', 'There is no verification of this id; it may have ended.'),
  'service.not_ready': of('unavailable', 'The service is starting; the answer says what it waits for.'),
  'statistics.series_invalid': of('invalid', 'The window has too many buckets, or the time zone is none.'),
  'video.not_a_jpeg': of('invalid', 'The body of a sent picture is no JPEG.', '0.2.0'),
  'violation.changed': of('stale', 'The violation was changed meanwhile: look again and repeat.'),
  'violation.cursor_invalid': of('invalid', 'The cursor is not one that a page answered.'),
  'violation.invalid': of('invalid', 'The change of the violation breaks a rule; `errors` says which.'),
  'violation.no_picture': of('not-found', 'No picture of the violation was kept, or it is too old.'),
  'violation.not_found': of('not-found', 'There is no violation of this id.'),
} satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof TABLE;

export const ERRORS: Readonly<Record<ErrorCode, ErrorEntry>> = TABLE;

export const isErrorCode = (text: string): text is ErrorCode => Object.hasOwn(ERRORS, text);

/** A request that never reached an operation, and errors that no operation foresaw. */
export const REQUEST_ERRORS = {
  'request.duplicate_key': { status: [400], meaning: 'The body names a key twice.', since: '0.1.0' },
  'request.headers_too_large': { status: [431], meaning: 'Address and headers together are too long.', since: '0.1.0' },
  'request.invalid': {
    status: [400, 422],
    meaning: 'A parameter (422) or the body (400) breaks a rule; `errors` says which.',
    since: '0.1.0',
  },
  'request.invalid_json': { status: [422], meaning: 'The body is no JSON.', since: '0.1.0' },
  'request.invalid_text': { status: [400], meaning: 'A text has a NUL or half a character in it.', since: '0.1.0' },
  'request.method_not_allowed': { status: [405], meaning: '`Allow` says which methods there are.', since: '0.1.0' },
  'request.no_http': { status: [400], meaning: 'What came is no HTTP that can be read.', since: '0.1.0' },
  'request.not_an_object': { status: [422], meaning: 'The body must be a JSON object.', since: '0.1.0' },
  'request.not_found': { status: [404], meaning: 'There is no such path.', since: '0.1.0' },
  'request.too_deep': { status: [400], meaning: 'The body is nested too deep.', since: '0.1.0' },
  'request.too_large': { status: [413], meaning: 'The body is larger than the operation takes.', since: '0.1.0' },
  'request.too_slow': { status: [408], meaning: 'The request did not come as a whole in time.', since: '0.1.0' },
  internal: { status: [500], meaning: 'A fault of the service; its log says more under `request_id`.', since: '0.1.0' },
} as const;

export type RequestErrorCode = keyof typeof REQUEST_ERRORS;
