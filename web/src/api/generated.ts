// Made of docs/openapi.json by "npm run openapi"; do not edit.

export type Activated = { readonly ok: boolean; readonly camera_id: string; readonly active: boolean };
export type Alert = { readonly id: number; readonly rule_id: number | null; readonly camera_id: string; readonly alert_type: string; readonly message: string | null; readonly details: AlertDetails; readonly notification_sent: boolean; readonly notification_channels_used: readonly (string)[] | null; readonly timestamp: string; readonly status: 'open' | 'acknowledged' | 'resolved'; readonly acknowledged_at: string | null; readonly acknowledged_by: string | null; readonly resolved_at: string | null; readonly resolved_by: string | null; readonly note: string | null };
export type AlertConditions = { readonly threshold?: number; readonly violation_type?: string; readonly labels?: readonly (string)[]; readonly duration_minutes?: number; readonly duration_seconds?: number; readonly cooldown_seconds?: number; readonly schedule?: { readonly weekdays?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]; readonly from?: string; readonly to?: string; readonly time_zone?: string; readonly silent_until?: string }; readonly min_detections?: number; readonly recovery_seconds?: number };
export type AlertDetails = { readonly kind?: string; readonly rule_name?: string; readonly priority?: string };
export type AlertList = { readonly count: number; readonly total: number; readonly items: readonly (Alert)[] };
export type AlertRule = { readonly id: number; readonly name: string; readonly camera_id: string | null; readonly rule_type: string; readonly conditions: StoredAlertConditions; readonly notification_channels: readonly (string)[] | null; readonly recipients: readonly (string)[] | null; readonly enabled: boolean; readonly priority: string; readonly created_at: string; readonly updated_at: string; readonly created_by: string | null };
export type AlertRuleCreated = { readonly ok: boolean; readonly id: number };
export type AlertRuleList = { readonly count: number; readonly total: number; readonly items: readonly (AlertRule)[] };
export type AlertRulePatch = { readonly name?: string; readonly camera_id?: string | null; readonly rule_type?: 'violation_threshold' | 'continuous_violation' | 'no_detection' | 'camera_down' | 'violation'; readonly conditions?: AlertConditions; readonly notification_channels?: readonly ('websocket' | 'webhook' | 'email' | 'mqtt' | 'log')[]; readonly recipients?: readonly (string)[]; readonly enabled?: boolean; readonly priority?: 'low' | 'medium' | 'high' | 'critical'; readonly created_by?: string | null };
export type Attempt = { readonly at: string; readonly ok: boolean; readonly detail: string; readonly ms: number };
export type AuditEntry = { readonly id: number; readonly at: string; readonly actor: string | null; readonly token_id: string | null; readonly role: 'viewer' | 'operator' | 'admin' | null; readonly operation: string; readonly status: number; readonly request_id: string; readonly address: string; readonly input: Readonly<Record<string, unknown>> | null; readonly changed: Readonly<Record<string, unknown>> | null };
export type AuditPage = { readonly entries: readonly (AuditEntry)[]; readonly next_cursor: number | null };
export type AutoStart = { readonly auto_start?: boolean };
export type AutoStartSet = { readonly ok: boolean; readonly camera_id: string; readonly auto_start: boolean };
export type Batch = { readonly camera_ids?: readonly (string)[] };
export type BatchStatus = Readonly<Record<string, ProcessStatus>>;
export type BoundingBox = { readonly x?: number; readonly y?: number; readonly width?: number; readonly height?: number };
export type Camera = { readonly id: string; readonly name: string; readonly source: string; readonly active: boolean; readonly auto_start: boolean; readonly location: string; readonly status: 'active' | 'inactive' | 'maintenance' | 'error'; readonly camera_type: 'fixed' | 'ptz' | 'mobile' | 'thermal'; readonly resolution: string; readonly fps: number; readonly region_id: string | null; readonly regions_file: string; readonly profile: string; readonly device: string; readonly imgsz: 'auto' | number; readonly auto_tune: boolean; readonly env?: Readonly<Record<string, string>>; readonly metadata?: Readonly<Record<string, unknown>>; readonly enabled: boolean; readonly is_active: boolean; readonly created_at: string; readonly updated_at: string };
export type CameraChanged = { readonly status: 'success'; readonly camera: Camera };
export type CameraCreated = { readonly ok: boolean; readonly camera: Camera };
export type CameraDetection = { readonly camera_id: string; readonly detector: { readonly state: string; readonly note: string | null; readonly model: string | null }; readonly persons: number | null; readonly hairnets: number | null; readonly looks: { readonly wanted: number; readonly served: number }; readonly boxes: readonly (Readonly<Record<string, unknown>>)[]; readonly zones: readonly (DetectionZone)[]; readonly not_evaluated: readonly (string)[] };
export type CameraInfo = { readonly id: string; readonly name: string; readonly status: string; readonly camera_type: string; readonly location: string; readonly resolution: string; readonly region_id: string | null; readonly is_active: boolean; readonly created_at: string; readonly updated_at: string; readonly fps: string; readonly capabilities: readonly (string)[] };
export type CameraList = { readonly cameras: readonly (Camera)[] };
export type CameraOverviewRow = { readonly id: string; readonly name: string; readonly location: string; readonly active: boolean; readonly state: 'stopped' | 'starting' | 'running' | 'degraded' | 'stalled' | 'backoff' | 'failed' | 'stopping' };
export type CameraPatch = { readonly if_match?: string; readonly id?: string; readonly name?: string; readonly source?: string; readonly active?: boolean; readonly auto_start?: boolean; readonly location?: string; readonly status?: 'active' | 'inactive' | 'maintenance' | 'error'; readonly camera_type?: 'fixed' | 'ptz' | 'mobile' | 'thermal'; readonly resolution?: string; readonly fps?: number; readonly region_id?: string; readonly regions_file?: string; readonly profile?: string; readonly device?: string; readonly imgsz?: 'auto' | number; readonly auto_tune?: boolean; readonly env?: Readonly<Record<string, string>>; readonly metadata?: Readonly<Record<string, unknown>> };
export type CameraStatistics = { readonly camera_id: string; readonly start_time: string; readonly end_time: string; readonly period: string; readonly statistics: DetectionAnalytics };
export type Canvas = { readonly status: 'success'; readonly meta: { readonly canvas_size: { readonly width?: number; readonly height?: number }; readonly background_size: { readonly width?: number; readonly height?: number }; readonly fit_mode: 'contain' | 'cover' | 'stretch' | null; readonly ref_size: string | null } };
export type CanvasParts = { readonly canvas_size?: { readonly width?: number; readonly height?: number }; readonly background_size?: { readonly width?: number; readonly height?: number }; readonly fit_mode?: 'contain' | 'cover' | 'stretch' | null; readonly ref_size?: string | null };
export type Claim = { readonly violation_ids: readonly (number)[]; readonly release?: boolean };
export type Claimed = { readonly ok: boolean; readonly claimed_by: string; readonly expires_at: string | null; readonly held: readonly (ViolationClaim)[] };
export type Cleared = { readonly status: 'success'; readonly removed: number };
export type ConfigFault = { readonly line: number; readonly column: number; readonly path: string; readonly type: string; readonly message: string; readonly severity: 'error' | 'warning'; readonly suggestion?: string };
export type ConfigFile = { readonly exists: boolean; readonly path: string; readonly size?: number; readonly modified_time?: string; readonly readable?: boolean; readonly writable?: boolean };
export type ConfigStatus = { readonly state: 'in_sync' | 'degraded' | 'stale'; readonly revision: number; readonly sha256: string | null; readonly file_sha256: string | null; readonly cameras: number; readonly faults: readonly (ConfigFault)[]; readonly quarantined: readonly (Quarantined)[]; readonly checked_at: string };
export type Day = { readonly date: string; readonly total_events: number; readonly counts_by_type: Readonly<Record<string, number>> };
export type Days = readonly (Day)[];
export type Deactivated = { readonly ok: boolean; readonly camera_id: string; readonly active: boolean; readonly stopped: boolean };
export type Delivery = { readonly id: number; readonly alert_id: number; readonly channel: string; readonly target: string | null; readonly status: 'queued' | 'delivered' | 'dead'; readonly idempotency_key: string; readonly attempts: readonly (Attempt)[]; readonly next_attempt_at: string | null; readonly created_at: string; readonly delivered_at: string | null };
export type DeliveryList = { readonly count: number; readonly total: number; readonly items: readonly (Delivery)[] };
export type DetectionAnalytics = { readonly total_frames: number; readonly total_persons: number; readonly total_hairnet_violations: number; readonly total_handwash_events: number; readonly total_sanitize_events: number; readonly avg_fps: number; readonly avg_processing_time: number; readonly camera_info: CameraInfo | null; readonly detection_count_24h: number; readonly average_confidence: number; readonly total_objects_detected: number; readonly person_count: number; readonly vehicle_count: number; readonly anomalies: readonly (string)[]; readonly performance: { readonly avg_processing_time: number; readonly max_processing_time: number; readonly min_processing_time: number; readonly fps_estimate: number } };
export type DetectionFinding = { readonly second: number; readonly event_type: string | null; readonly rule: string; readonly outcome: 'broken' | 'held' | 'unknown'; readonly region_id: string; readonly track_id: number; readonly evidence: Readonly<Record<string, unknown>>; readonly picture: string | null };
export type DetectionPage = { readonly records: readonly (DetectionRecord)[]; readonly total: number; readonly camera_id: string; readonly limit: number; readonly offset: number };
export type DetectionRecord = { readonly id: number; readonly camera_id: string; readonly timestamp: string; readonly frame_number: number; readonly person_count: number; readonly hairnet_violations: number; readonly handwash_events: number; readonly sanitize_events: number; readonly fps: number | null; readonly processing_time: number | null };
export type DetectionTotals = { readonly total_frames: number; readonly total_persons: number; readonly total_hairnet_violations: number; readonly total_handwash_events: number; readonly total_sanitize_events: number; readonly avg_fps: number; readonly avg_processing_time: number };
export type DetectionZone = { readonly region_id: string; readonly role: string; readonly outline: readonly (readonly (number)[])[] };
export type Done = { readonly status: 'success' };
export type Draft = { readonly diff: string; readonly changes: readonly (EntryChange)[]; readonly faults: readonly (ConfigFault)[]; readonly restarts: readonly (string)[]; readonly starts: readonly (string)[]; readonly stops: readonly (string)[] };
export type DrainNode = { readonly draining?: boolean };
export type Drained = { readonly ok: boolean; readonly id: string; readonly draining: boolean };
export type DryAlert = { readonly camera_id: string; readonly alert_type: string; readonly timestamp: string; readonly message: string; readonly details: AlertDetails };
export type DryRun = { readonly from: string; readonly to: string; readonly events: number; readonly count: number; readonly total: number; readonly alerts: readonly (DryAlert)[]; readonly rule_id: number };
export type DryRunWish = { readonly hours?: number };
export type EntryChange = { readonly camera_id: string; readonly kind: 'added' | 'changed' | 'removed'; readonly fields: readonly ({ readonly field: string; readonly before?: unknown; readonly after?: unknown })[] };
export type Event = { readonly id: string; readonly ts: number; readonly type: string; readonly camera_id: string; readonly track_id: number | null; readonly evidence: Evidence | null };
export type EventList = readonly (Event)[];
export type EventsFound = { readonly events: readonly (StatisticsEvent)[]; readonly total: number };
export type Evidence = Readonly<Record<string, unknown>>;
export type Fault = { readonly loc: readonly (string | number)[]; readonly msg: string; readonly type: string; readonly suggestion?: string; readonly params?: Readonly<Record<string, string | number | readonly (string)[]>> };
export type FileText = { readonly text: string; readonly sha256: string | null };
export type FilmDryRun = { readonly film?: string; readonly seconds?: number };
export type FilmDryRunReport = { readonly seconds: number; readonly looks: { readonly wanted: number; readonly served: number }; readonly persons: number; readonly model: string; readonly findings: readonly (DetectionFinding)[]; readonly not_evaluated: readonly (string)[] };
export type HandledItem = { readonly id: number; readonly version: number; readonly status: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly notes?: string };
export type HandledItems = { readonly items: readonly (HandledItem)[] };
export type Handling = { readonly by?: string | null; readonly note?: string | null };
export type HandlingOutcome = { readonly id: number; readonly ok: boolean; readonly alert: Alert | null; readonly code: string | null; readonly detail: string | null };
export type HandlingOutcomes = { readonly ok: boolean; readonly results: readonly (HandlingOutcome)[] };
export type Health = { readonly status: 'healthy' | 'degraded'; readonly timestamp: string; readonly checks: { readonly database: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly redis: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly domain_services: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly camera_data_consistency: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly configuration: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly journal: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly workers: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly rollout: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly disk: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly alerts: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly ffmpeg: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly detector: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly captures: 'ok' | 'degraded' | 'inconsistent' | 'error' }; readonly parts: readonly (HealthPart)[] };
export type HealthPart = { readonly name: string; readonly status: 'ok' | 'degraded' | 'inconsistent' | 'error'; readonly since: string; readonly detail: string | null; readonly remedy: string | null };
export type History = readonly (HistoryItem)[];
export type HistoryItem = { readonly ts: number; readonly camera_id: string; readonly camera_name: string | null; readonly type: string; readonly event_type: string; readonly track_id: number | null; readonly region: string | null; readonly detail: Evidence | null };
export type ItemOutcome = { readonly id: number; readonly ok: boolean; readonly violation: { readonly id: number; readonly camera_id: string; readonly timestamp: string; readonly violation_type: string; readonly track_id: number | null; readonly confidence: number | null; readonly status: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly snapshot_path: string | null; readonly bbox: BoundingBox | null; readonly handled_at: string | null; readonly handled_by: string | null; readonly notes: string | null; readonly version: number; readonly created_at: string; readonly updated_at: string } | null; readonly code: string | null; readonly detail: string | null };
export type ItemOutcomes = { readonly ok: boolean; readonly results: readonly (ItemOutcome)[] };
export type ListedRegion = { readonly region_id?: string; readonly region_type?: 'entrance' | 'handwash' | 'sanitize' | 'work_area' | 'restricted' | 'monitoring' | 'custom'; readonly polygon?: readonly (readonly (number)[])[]; readonly name?: string; readonly is_active?: boolean; readonly camera_id?: string; readonly description?: string; readonly rules?: { readonly required_behaviors?: readonly (string)[]; readonly forbidden_behaviors?: readonly (string)[]; readonly max_occupancy?: number; readonly min_duration?: number; readonly max_duration?: number; readonly alert_on_violation?: boolean } };
export type Log = { readonly camera_id: string; readonly log_file: string; readonly total_lines: number; readonly lines: readonly (string)[]; readonly before: string | null; readonly after: string | null };
export type ManyHandled = { readonly alert_ids: readonly (number)[]; readonly by?: string | null; readonly note?: string | null };
export type Me = { readonly name: string | null; readonly token_id: string | null; readonly role: 'viewer' | 'operator' | 'admin'; readonly needs_token: boolean; readonly session: boolean; readonly expires_at: string | null; readonly time: string; readonly site: Site };
export type Metrics = { readonly timestamp: string; readonly window_seconds: number; readonly instances: number; readonly complete: boolean; readonly requests: { readonly total: number; readonly success: number; readonly error: number; readonly success_rate: number; readonly error_rate: number; readonly by_status: Readonly<Record<string, number>> }; readonly domain_service: { readonly usage_count: number; readonly old_count: number; readonly usage_rate: number }; readonly response_time: { readonly p50_ms: number; readonly p95_ms: number; readonly p99_ms: number; readonly max_ms: number; readonly avg_ms: number }; readonly errors: { readonly total: number; readonly recent: readonly ({ readonly timestamp: string; readonly status_code: number; readonly operation: string })[] }; readonly data_consistency: { readonly consistent: boolean | null; readonly issues_count: number | null; readonly db_count: number | null; readonly yaml_count: number | null; readonly last_check: string | null }; readonly operations: readonly (OperationMetrics)[] };
export type NewAlertRule = { readonly name: string; readonly camera_id?: string | null; readonly rule_type: 'violation_threshold' | 'continuous_violation' | 'no_detection' | 'camera_down' | 'violation'; readonly conditions: AlertConditions; readonly notification_channels?: readonly ('websocket' | 'webhook' | 'email' | 'mqtt' | 'log')[]; readonly recipients?: readonly (string)[]; readonly enabled?: boolean; readonly priority?: 'low' | 'medium' | 'high' | 'critical'; readonly created_by?: string | null };
export type NewCamera = { readonly id: string; readonly name: string; readonly source: string; readonly active?: boolean; readonly auto_start?: boolean; readonly location?: string; readonly status?: 'active' | 'inactive' | 'maintenance' | 'error'; readonly camera_type?: 'fixed' | 'ptz' | 'mobile' | 'thermal'; readonly resolution?: string; readonly fps?: number; readonly region_id?: string; readonly regions_file?: string; readonly profile?: string; readonly device?: string; readonly imgsz?: 'auto' | number; readonly auto_tune?: boolean; readonly env?: Readonly<Record<string, string>>; readonly metadata?: Readonly<Record<string, unknown>> };
export type NewRegion = { readonly region_id: string; readonly region_type: 'entrance' | 'handwash' | 'sanitize' | 'work_area' | 'restricted' | 'monitoring' | 'custom'; readonly polygon: readonly (readonly (number)[])[]; readonly name?: string; readonly is_active?: boolean; readonly camera_id?: string; readonly description?: string; readonly rules?: { readonly required_behaviors?: readonly (string)[]; readonly forbidden_behaviors?: readonly (string)[]; readonly max_occupancy?: number; readonly min_duration?: number; readonly max_duration?: number; readonly alert_on_violation?: boolean } };
export type Ok = { readonly ok: boolean };
export type OperationMetrics = { readonly operation: string; readonly path: 'domain' | 'legacy' | null; readonly calls: number; readonly ok: number; readonly reject: number; readonly failure: number; readonly p50_ms: number; readonly p95_ms: number; readonly p99_ms: number };
export type Overview = { readonly cameras: readonly (CameraOverviewRow)[]; readonly counts: Readonly<Record<string, number>>; readonly total: number; readonly next_cursor: string | null };
export type PlainRegion = { readonly id: string; readonly type?: string; readonly name?: string; readonly description?: string; readonly points: readonly (unknown)[]; readonly isActive?: boolean; readonly rules?: Readonly<Record<string, unknown>>; readonly color?: string };
export type PlainRegions = { readonly regions: readonly (PlainRegion)[]; readonly canvas_size: { readonly width?: number; readonly height?: number } };
export type Posted = { readonly ok: boolean; readonly accepted: number; readonly duplicates: number; readonly rejected: readonly (RejectedEvent)[] };
export type Preview = { readonly change: 'create' | 'update' | 'remove' | 'restore'; readonly camera_id?: string; readonly fields?: Readonly<Record<string, unknown>>; readonly number?: number };
export type Probe = { readonly source: string; readonly camera_id?: string };
export type Probed = { readonly ok: boolean; readonly codec: string | null; readonly width: number | null; readonly height: number | null; readonly fps: number | null; readonly picture: string };
export type Problem = { readonly type: string; readonly title: string; readonly status: number; readonly detail: string; readonly code: string; readonly request_id: string; readonly params?: Readonly<Record<string, string | number | readonly (string)[]>>; readonly errors?: readonly (Fault)[] };
export type ProcessStatus = { readonly ok: boolean; readonly running: boolean; readonly pid: number; readonly log: string; readonly desired_state: 'running' | 'stopped'; readonly state: 'stopped' | 'starting' | 'running' | 'degraded' | 'stalled' | 'backoff' | 'failed' | 'stopping'; readonly since: string; readonly restarts: number; readonly last_exit: string | null; readonly reason: string | null };
export type Quarantined = { readonly id: string | null; readonly line: number; readonly column: number; readonly faults: readonly (ConfigFault)[] };
export type Realtime = { readonly timestamp: string; readonly system_status: 'active'; readonly detection_stats: { readonly total_detections_today: number; readonly handwashing_detections: number; readonly disinfection_detections: number; readonly hairnet_detections: number; readonly violation_count: number }; readonly region_stats: { readonly active_regions: number; readonly monitored_areas: readonly (string)[] }; readonly performance_metrics: { readonly average_processing_time: number; readonly detection_accuracy: number; readonly system_uptime: string }; readonly alerts: { readonly active_alerts: number; readonly recent_violations: readonly ({ readonly id: number; readonly camera_id: string; readonly violation_type: string; readonly timestamp: string })[] } };
export type RecordHealth = { readonly status: 'healthy' | 'unhealthy'; readonly database: 'connected' | 'disconnected'; readonly error?: string };
export type RecordSummary = { readonly period: string; readonly start_time: string; readonly end_time: string; readonly cameras: Readonly<Record<string, DetectionTotals>>; readonly total: DetectionTotals };
export type Refreshed = { readonly status: 'success'; readonly message: string; readonly timestamp: string; readonly revision: number };
export type Region = { readonly region_id: string; readonly region_type: 'entrance' | 'handwash' | 'sanitize' | 'work_area' | 'restricted' | 'monitoring' | 'custom'; readonly polygon: readonly (readonly (number)[])[]; readonly name: string; readonly is_active: boolean; readonly camera_id: string | null; readonly description: string; readonly rules: { readonly required_behaviors?: readonly (string)[]; readonly forbidden_behaviors?: readonly (string)[]; readonly max_occupancy?: number; readonly min_duration?: number; readonly max_duration?: number; readonly alert_on_violation?: boolean }; readonly stats: Readonly<Record<string, unknown>>; readonly created_at: string; readonly updated_at: string };
export type RegionList = readonly (Region)[];
export type RegionPatch = { readonly region_id?: string; readonly region_type?: 'entrance' | 'handwash' | 'sanitize' | 'work_area' | 'restricted' | 'monitoring' | 'custom'; readonly polygon?: readonly (readonly (number)[])[]; readonly name?: string; readonly is_active?: boolean; readonly camera_id?: string; readonly description?: string; readonly rules?: { readonly required_behaviors?: readonly (string)[]; readonly forbidden_behaviors?: readonly (string)[]; readonly max_occupancy?: number; readonly min_duration?: number; readonly max_duration?: number; readonly alert_on_violation?: boolean } };
export type RegionSaved = { readonly region_id: string; readonly region_type: 'entrance' | 'handwash' | 'sanitize' | 'work_area' | 'restricted' | 'monitoring' | 'custom'; readonly polygon: readonly (readonly (number)[])[]; readonly name: string; readonly is_active: boolean; readonly camera_id: string | null; readonly description: string; readonly rules: { readonly required_behaviors?: readonly (string)[]; readonly forbidden_behaviors?: readonly (string)[]; readonly max_occupancy?: number; readonly min_duration?: number; readonly max_duration?: number; readonly alert_on_violation?: boolean }; readonly stats: Readonly<Record<string, unknown>>; readonly created_at: string; readonly updated_at: string; readonly status: 'success' };
export type RegionsSaved = { readonly status: 'success'; readonly created: number; readonly updated: number; readonly regions: readonly (Region)[] };
export type RegionsToSave = { readonly regions: readonly (ListedRegion)[] };
export type RejectedEvent = { readonly index: number; readonly reason: string };
export type Restored = { readonly status: 'success'; readonly restored: number; readonly revision: number };
export type Revision = { readonly number: number; readonly sha256: string; readonly origin: 'api' | 'file' | 'legacy' | 'restore' | 'import'; readonly author: string | null; readonly request_id: string | null; readonly at: string; readonly cameras: readonly (string)[] };
export type RevisionDetail = { readonly number: number; readonly sha256: string; readonly origin: 'api' | 'file' | 'legacy' | 'restore' | 'import'; readonly author: string | null; readonly request_id: string | null; readonly at: string; readonly cameras: readonly (string)[]; readonly text: string; readonly diff: string; readonly changes: readonly (EntryChange)[] };
export type RevisionList = { readonly revisions: readonly (Revision)[]; readonly total: number; readonly limit: number; readonly offset: number };
export type RolloutAcknowledged = { readonly killed: boolean; readonly revision: number; readonly applied: number; readonly of: number; readonly slowest_ms: number | null; readonly instances: readonly (RolloutInstance)[] };
export type RolloutCalls = { readonly n: number; readonly ok: number; readonly reject: number; readonly failure: number; readonly fallback: number; readonly timed: number; readonly slow20: number; readonly slow50: number };
export type RolloutEnded = { readonly status: 'success' };
export type RolloutEvent = { readonly seq: number; readonly group: string; readonly at: string; readonly actor: string | null; readonly request_id: string | null; readonly event: { readonly kind: string }; readonly evidence: Readonly<Record<string, unknown>> | null; readonly prev_hash: string; readonly hash: string };
export type RolloutEventList = { readonly events: readonly (RolloutEvent)[]; readonly intact: boolean };
export type RolloutEvidence = { readonly operations: readonly (RolloutOperationEvidence)[]; readonly activeMs: number; readonly comparisons: number; readonly mismatches: number; readonly share: { readonly domain: number; readonly drawn: number; readonly expectedBps: number }; readonly instances: { readonly confirmed: number; readonly alive: number }; readonly approval?: string; readonly noise: number };
export type RolloutExplained = { readonly reason?: string };
export type RolloutFinding = { readonly metric: string; readonly operation: string; readonly value: number; readonly limit: number; readonly n: number; readonly interval: readonly (number)[]; readonly level: 'rollback' | 'attention' | 'open' | 'fine' };
export type RolloutGroup = { readonly group: string; readonly status: 'manual' | 'running' | 'paused' | 'frozen' | 'rolled_back' | 'complete'; readonly stage: number; readonly stages: readonly (RolloutStage)[]; readonly percent: number; readonly effective_percent: number; readonly effective_why: string; readonly holdout_percent: number; readonly killed: boolean; readonly killed_until: string | null; readonly attention: string | null; readonly trip_reason: string | null; readonly approval: { readonly by: string | null; readonly reason: string } | null; readonly verified: boolean | null; readonly entered_at: string | null; readonly active_ms: number; readonly seed: number; readonly operations: readonly (string)[]; readonly evidence: RolloutEvidence; readonly verdict: RolloutVerdict | null; readonly revision: number };
export type RolloutInstance = { readonly name: string; readonly revision: number; readonly confirmed: boolean; readonly ms: number | null };
export type RolloutKill = { readonly reason: string; readonly group?: string; readonly for_seconds?: number };
export type RolloutMinute = { readonly at: string; readonly arm: 'domain' | 'control'; readonly calls: number; readonly errors: number; readonly fallbacks: number; readonly p50_ms: number | null; readonly p95_ms: number | null; readonly share: number };
export type RolloutMismatch = { readonly group: string; readonly entry: number; readonly operation: string; readonly at: string; readonly requestId: string; readonly served: 'domain' | 'legacy'; readonly pointers: readonly ({ readonly pointer: string; readonly domain: unknown; readonly legacy: unknown })[]; readonly input: unknown; readonly answers: { readonly domain: unknown; readonly legacy: unknown } };
export type RolloutMismatchList = { readonly mismatches: readonly (RolloutMismatch)[] };
export type RolloutMissing = { readonly what: string; readonly operation?: string; readonly have: number; readonly need: number; readonly etaMs: number | null };
export type RolloutOperationEvidence = { readonly operation: string; readonly effect: 'read' | 'write'; readonly domain: RolloutCalls; readonly control: RolloutCalls; readonly limits?: { readonly ms20: number; readonly ms50: number; readonly n: number } };
export type RolloutOverview = { readonly revision: number; readonly killed: boolean; readonly instances: readonly (RolloutInstance)[]; readonly groups: readonly (RolloutGroup)[] };
export type RolloutPlan = { readonly group: string; readonly stages: readonly ({ readonly percent: number; readonly bake_ms: number })[]; readonly on_trip: 'rollback' | 'freeze'; readonly auto_promote: boolean; readonly holdout_percent: number; readonly rules: Readonly<Record<string, unknown>> };
export type RolloutPlanList = { readonly plans: readonly (RolloutPlan)[] };
export type RolloutReasoned = { readonly reason: string };
export type RolloutReport = { readonly report: string | Readonly<Record<string, unknown>> };
export type RolloutSeries = { readonly group: string; readonly since: string; readonly points: readonly (RolloutMinute)[] };
export type RolloutSetPercent = { readonly percent: number };
export type RolloutStage = { readonly percent: number; readonly bake_ms: number };
export type RolloutSwitch = { readonly reason: string; readonly group?: string };
export type RolloutVerdict = { readonly action: 'rollback' | 'hold' | 'promote'; readonly attention: boolean; readonly findings: readonly (RolloutFinding)[]; readonly missing: readonly (RolloutMissing)[] };
export type RolloutVerified = { readonly passed: boolean; readonly report: Readonly<Record<string, unknown>> };
export type RuleTrial = { readonly hours?: number; readonly name: string; readonly camera_id?: string | null; readonly rule_type: 'violation_threshold' | 'continuous_violation' | 'no_detection' | 'camera_down' | 'violation'; readonly conditions: AlertConditions; readonly notification_channels?: readonly ('websocket' | 'webhook' | 'email' | 'mqtt' | 'log')[]; readonly recipients?: readonly (string)[]; readonly enabled?: boolean; readonly priority?: 'low' | 'medium' | 'high' | 'critical'; readonly created_by?: string | null };
export type SavedText = { readonly text: string; readonly base_sha256: string };
export type SentEvent = { readonly id?: string | number; readonly ts?: number | string; readonly type?: string; readonly camera_id?: string; readonly track_id?: number | null; readonly evidence?: Evidence | null };
export type SentEvents = { readonly events: readonly (SentEvent)[] };
export type Series = { readonly metric: 'events' | 'violations'; readonly bucket: '1m' | '15m' | '1h' | '1d'; readonly by: 'type' | 'camera' | 'none'; readonly time_zone: string; readonly from: string; readonly to: string; readonly series: readonly (SeriesLine)[] };
export type SeriesLine = { readonly key: string; readonly points: readonly ({ readonly at: string; readonly count: number })[] };
export type SignIn = { readonly token: string };
export type SignedOut = { readonly ok: boolean };
export type Site = { readonly name: string; readonly time_zone: string; readonly version: string; readonly violation_types: readonly (string)[]; readonly event_retention_days: number; readonly history_retention_days: number };
export type SiteNode = { readonly id: string; readonly name: string; readonly version: string; readonly capacity: number; readonly labels: readonly (string)[]; readonly draining: boolean; readonly state: 'live' | 'silent' | 'lost' | 'left'; readonly joined_at: string; readonly heartbeat_at: string; readonly cameras: number; readonly wanted: number };
export type SiteNodes = { readonly nodes: readonly (SiteNode)[] };
export type Started = { readonly ok: boolean; readonly running: boolean; readonly pid: number; readonly log: string; readonly desired_state: 'running' | 'stopped'; readonly state: 'stopped' | 'starting' | 'running' | 'degraded' | 'stalled' | 'backoff' | 'failed' | 'stopping'; readonly since: string; readonly restarts: number; readonly last_exit: string | null; readonly reason: string | null; readonly cmd?: readonly (string)[] };
export type StatisticsEvent = { readonly id: string; readonly timestamp: string; readonly type: string; readonly event_type: string; readonly camera_id: string; readonly camera_name: string | null; readonly confidence: number; readonly track_id: number | null; readonly region: string | null; readonly metadata: Evidence };
export type Stats = { readonly camera_id: string; readonly running: boolean; readonly pid: number; readonly log_file: string; readonly stats: WorkerStats };
export type StatusChange = { readonly status?: string; readonly notes?: string; readonly handled_by?: string; readonly version?: number };
export type StatusChanges = { readonly status: string; readonly notes?: string; readonly handled_by?: string; readonly violation_ids: readonly (number)[] };
export type StatusSet = { readonly ok: boolean; readonly violation_id: number; readonly status: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly version: number };
export type StatusesSet = { readonly ok: boolean; readonly updated: readonly (number)[]; readonly not_found: readonly (number)[] };
export type StoredAlertConditions = { readonly threshold?: number; readonly violation_type?: string; readonly labels?: readonly (string)[]; readonly duration_minutes?: number; readonly duration_seconds?: number; readonly cooldown_seconds?: number; readonly schedule?: { readonly weekdays?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[]; readonly from?: string; readonly to?: string; readonly time_zone?: string; readonly silent_until?: string }; readonly min_detections?: number; readonly recovery_seconds?: number };
export type Strip = { readonly violation_id: number; readonly frames: readonly (StripFrame)[] };
export type StripFrame = { readonly at: number; readonly offset_ms: number; readonly href: string };
export type Summary = { readonly window_minutes: number; readonly total_events: number; readonly counts_by_type: Readonly<Record<string, number>>; readonly samples: readonly (Event)[] };
export type SystemConfig = { readonly timestamp: string; readonly project_root: null; readonly config_files: { readonly cameras: ConfigFile; readonly regions: ConfigFile; readonly default: ConfigFile; readonly unified_params: ConfigFile; readonly enhanced_detection: ConfigFile }; readonly default_config: null; readonly unified_config: null; readonly environment: { readonly HBD_REGIONS_FILE: null; readonly PYTHONPATH: null; readonly PATH: null }; readonly python_executable: null; readonly working_directory: null };
export type SystemHealth = { readonly timestamp: string; readonly status: 'healthy' | 'warning' | 'error'; readonly issues: readonly (string)[]; readonly directories: { readonly config: { readonly exists: boolean; readonly is_directory: boolean; readonly readable: boolean; readonly writable: boolean }; readonly src: { readonly exists: boolean; readonly is_directory: boolean; readonly readable: boolean; readonly writable: boolean }; readonly models: { readonly exists: boolean; readonly is_directory: boolean; readonly readable: boolean; readonly writable: boolean }; readonly data: { readonly exists: boolean; readonly is_directory: boolean; readonly readable: boolean; readonly writable: boolean }; readonly frontend: { readonly exists: boolean; readonly is_directory: boolean; readonly readable: boolean; readonly writable: boolean } }; readonly files: Readonly<Record<string, { readonly exists: boolean; readonly readable: boolean }>>; readonly resources: { readonly memory_usage: number; readonly disk_usage: number; readonly cpu_usage: number }; readonly psutil_available: boolean };
export type SystemInfo = { readonly timestamp: string; readonly system: { readonly platform: string; readonly system: string; readonly version: string; readonly architecture: readonly (string)[]; readonly processor: string; readonly hostname: string; readonly python_version: string | null; readonly node_version: string | null }; readonly memory: { readonly total: number; readonly available: number; readonly used: number; readonly percentage: number }; readonly cpu: { readonly count: number; readonly usage_percent: number; readonly physical_count: number | null; readonly current_frequency: number | null }; readonly disk: { readonly total: number; readonly used: number; readonly free: number; readonly percentage: number }; readonly psutil_available: boolean };
export type TextSaved = { readonly status: 'success'; readonly revision: number; readonly sha256: string; readonly cameras: readonly (string)[] };
export type TextToCheck = { readonly text: string };
export type Token = { readonly id: string; readonly name: string; readonly role: 'viewer' | 'operator' | 'admin'; readonly created_at: string; readonly expires_at: string | null; readonly revoked_at: string | null; readonly last_used_at: string | null };
export type TokenCreated = { readonly ok: boolean; readonly token: Token; readonly secret: string };
export type TokenList = { readonly tokens: readonly (Token)[] };
export type TokenRevoked = { readonly ok: boolean; readonly token_id: string };
export type Trial = { readonly from: string; readonly to: string; readonly events: number; readonly count: number; readonly total: number; readonly alerts: readonly (DryAlert)[] };
export type Verification = { readonly id: string; readonly group: string; readonly event_camera_id: string; readonly violation_id: number | null; readonly events: number; readonly expires_at: string };
export type VerificationOf = { readonly lease_seconds?: number };
export type VersionedCamera = { readonly if_match?: string };
export type VideoStats = { readonly total_connections: number; readonly active_cameras: number; readonly frames_sent: number; readonly frames_dropped: number; readonly frames_received: number; readonly active_cameras_detail: Readonly<Record<string, number>> };
export type VideoStatus = { readonly camera_id: string; readonly has_clients: boolean; readonly client_count: number };
export type Violation = { readonly id: number; readonly camera_id: string; readonly timestamp: string; readonly violation_type: string; readonly track_id: number | null; readonly confidence: number | null; readonly status: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly snapshot_path: string | null; readonly bbox: BoundingBox | null; readonly handled_at: string | null; readonly handled_by: string | null; readonly notes: string | null; readonly version: number; readonly created_at: string; readonly updated_at: string };
export type ViolationChange = { readonly at: string; readonly actor: string; readonly request_id: string; readonly before: Readonly<Record<string, unknown>>; readonly after: Readonly<Record<string, unknown>> };
export type ViolationChanges = { readonly changes: readonly (ViolationChange)[] };
export type ViolationClaim = { readonly violation_id: number; readonly claimed_by: string; readonly expires_at: string };
export type ViolationCounts = { readonly by: 'status' | 'camera' | 'type' | 'hour' | 'day'; readonly counts: Readonly<Record<string, number>>; readonly total: number };
export type ViolationGroup = { readonly camera_id: string; readonly violation_type: string; readonly track_id: number | null; readonly first_at: string; readonly last_at: string; readonly count: number; readonly confidence: number | null; readonly violation_ids: readonly (number)[]; readonly claimed_by: string | null };
export type ViolationGroups = { readonly groups: readonly (ViolationGroup)[]; readonly more: boolean };
export type ViolationPage = { readonly violations: readonly (Violation)[]; readonly total: number; readonly limit: number; readonly offset: number; readonly next_cursor: string | null };
export type WantedToken = { readonly name: string; readonly role: 'viewer' | 'operator' | 'admin'; readonly expires_at?: string };
export type WholeList = { readonly regions: readonly (PlainRegion)[]; readonly meta?: { readonly canvas_size?: { readonly width?: number; readonly height?: number }; readonly background_size?: { readonly width?: number; readonly height?: number }; readonly fit_mode?: 'contain' | 'cover' | 'stretch' | null; readonly ref_size?: string | null } };
export type WholeListSaved = { readonly status: 'success'; readonly created: number; readonly updated: number; readonly removed: number };
export type WorkerStats = { readonly total_frames: number; readonly processed_frames: number; readonly detected_persons: number | null; readonly detected_hairnets: number | null; readonly detected_handwash: number; readonly avg_fps: number; readonly avg_detection_time: number; readonly last_detection_time: unknown };

export interface Operations {
  'cameras.list': { input: { readonly active_only?: boolean }; answer: CameraList };
  'cameras.create': { input: { readonly body: NewCamera }; answer: CameraCreated };
  'cameras.get': { input: { readonly camera_id: string }; answer: Camera };
  'cameras.update': { input: { readonly camera_id: string; readonly body?: CameraPatch }; answer: CameraChanged };
  'cameras.remove': { input: { readonly camera_id: string; readonly if_match?: string; readonly body?: VersionedCamera }; answer: Done };
  'camera-config.status': { input: {  }; answer: ConfigStatus };
  'camera-config.revisions': { input: { readonly limit?: number; readonly offset?: number }; answer: RevisionList };
  'camera-config.revision': { input: { readonly number: number }; answer: RevisionDetail };
  'camera-config.restore': { input: { readonly number: number }; answer: Restored };
  'camera-config.preview': { input: { readonly body: Preview }; answer: Draft };
  'camera-config.text': { input: {  }; answer: FileText };
  'camera-config.save': { input: { readonly body: SavedText }; answer: TextSaved };
  'camera-config.check': { input: { readonly body: TextToCheck }; answer: Draft };
  'camera-control.start': { input: { readonly camera_id: string }; answer: Started };
  'camera-control.stop': { input: { readonly camera_id: string }; answer: ProcessStatus };
  'camera-control.restart': { input: { readonly camera_id: string }; answer: Started };
  'camera-control.status': { input: { readonly camera_id: string }; answer: ProcessStatus };
  'camera-control.batchStatus': { input: { readonly body?: Batch }; answer: BatchStatus };
  'camera-control.activate': { input: { readonly camera_id: string }; answer: Activated };
  'camera-control.deactivate': { input: { readonly camera_id: string }; answer: Deactivated };
  'camera-control.setAutoStart': { input: { readonly camera_id: string; readonly auto_start?: boolean; readonly body?: AutoStart }; answer: AutoStartSet };
  'camera-control.preview': { input: { readonly camera_id: string }; answer: Response };
  'camera-control.stats': { input: { readonly camera_id: string }; answer: Stats };
  'camera-control.logs': { input: { readonly camera_id: string; readonly lines?: number; readonly before?: string; readonly after?: string; readonly contains?: string }; answer: Log };
  'camera-control.refresh': { input: {  }; answer: Refreshed };
  'camera-control.overview': { input: { readonly q?: string; readonly state?: 'stopped' | 'starting' | 'running' | 'degraded' | 'stalled' | 'backoff' | 'failed' | 'stopping'; readonly cursor?: string; readonly limit?: number }; answer: Overview };
  'camera-control.probe': { input: { readonly body: Probe }; answer: Probed };
  'regions.get': { input: { readonly region: string }; answer: Region };
  'regions.update': { input: { readonly region: string; readonly body?: RegionPatch }; answer: RegionSaved };
  'regions.remove': { input: { readonly region: string }; answer: Done };
  'regions.canvas': { input: {  }; answer: Canvas };
  'regions.setCanvas': { input: { readonly body?: CanvasParts }; answer: Canvas };
  'regions.saveAll': { input: { readonly body: RegionsToSave }; answer: RegionsSaved };
  'regions.list': { input: { readonly camera_id?: string }; answer: RegionList };
  'regions.create': { input: { readonly body: NewRegion }; answer: RegionSaved };
  'regions.clear': { input: {  }; answer: Cleared };
  'regions.plain': { input: {  }; answer: PlainRegions };
  'regions.replaceAll': { input: { readonly body: WholeList }; answer: WholeListSaved };
  'camera-control.detection': { input: { readonly camera_id: string }; answer: CameraDetection };
  'camera-control.dryRun': { input: { readonly camera_id: string; readonly body?: FilmDryRun }; answer: FilmDryRunReport };
  'video.stats': { input: {  }; answer: VideoStats };
  'video.status': { input: { readonly camera_id: string }; answer: VideoStatus };
  'alerts.list': { input: { readonly limit?: number; readonly offset?: number; readonly camera_id?: string; readonly enabled?: boolean }; answer: AlertRuleList };
  'alerts.create': { input: { readonly body: NewAlertRule }; answer: AlertRuleCreated };
  'alerts.get': { input: { readonly rule_id: number }; answer: AlertRule };
  'alerts.update': { input: { readonly rule_id: number; readonly body?: AlertRulePatch }; answer: Ok };
  'alerts.remove': { input: { readonly rule_id: number }; answer: Ok };
  'alerts.history': { input: { readonly limit?: number; readonly offset?: number; readonly camera_id?: string; readonly alert_type?: string; readonly status?: 'open' | 'acknowledged' | 'resolved'; readonly from?: string; readonly to?: string }; answer: AlertList };
  'alert-handling.test': { input: { readonly rule_id: number; readonly body?: DryRunWish }; answer: DryRun };
  'alert-handling.tryOut': { input: { readonly body: RuleTrial }; answer: Trial };
  'alert-handling.acknowledge': { input: { readonly alert_id: number; readonly body?: Handling }; answer: Alert };
  'alert-handling.acknowledgeMany': { input: { readonly body: ManyHandled }; answer: HandlingOutcomes };
  'alert-handling.resolve': { input: { readonly alert_id: number; readonly body?: Handling }; answer: Alert };
  'alert-handling.deliveries': { input: { readonly limit?: number; readonly offset?: number; readonly status?: 'queued' | 'delivered' | 'dead'; readonly alert_id?: number }; answer: DeliveryList };
  'alert-handling.replay': { input: { readonly delivery_id: number }; answer: Delivery };
  'events.recent': { input: { readonly limit?: number; readonly minutes?: number; readonly etype?: string; readonly camera_id?: string }; answer: EventList };
  'events.post': { input: { readonly body: SentEvents }; answer: Posted };
  'events.exportCsv': { input: { readonly start_time?: string; readonly end_time?: string; readonly event_type?: string; readonly camera_id?: string }; answer: Response };
  'records.violations': { input: { readonly camera_id?: string; readonly status?: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly violation_type?: string; readonly handled_by?: string; readonly min_confidence?: number; readonly from?: string; readonly to?: string; readonly limit?: number; readonly offset?: number; readonly cursor?: string; readonly order?: 'newest' | 'oldest' }; answer: ViolationPage };
  'records.violation': { input: { readonly violation_id: number }; answer: Violation };
  'records.changes': { input: { readonly violation_id: number }; answer: ViolationChanges };
  'records.exportViolations': { input: { readonly camera_id?: string; readonly status?: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly violation_type?: string; readonly handled_by?: string; readonly min_confidence?: number; readonly from?: string; readonly to?: string }; answer: Response };
  'records.setStatus': { input: { readonly status: string; readonly notes?: string; readonly handled_by?: string; readonly violation_id: number; readonly version?: number; readonly body?: StatusChange }; answer: StatusSet };
  'records.setStatuses': { input: { readonly body: StatusChanges }; answer: StatusesSet };
  'records.summary': { input: { readonly period?: string }; answer: RecordSummary };
  'records.cameraStatistics': { input: { readonly period?: string; readonly camera_id: string; readonly start_time?: string; readonly end_time?: string }; answer: CameraStatistics };
  'records.detectionRecords': { input: { readonly camera_id: string; readonly limit?: number; readonly offset?: number }; answer: DetectionPage };
  'records.health': { input: {  }; answer: RecordHealth };
  'records.counts': { input: { readonly camera_id?: string; readonly status?: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly violation_type?: string; readonly handled_by?: string; readonly min_confidence?: number; readonly from?: string; readonly to?: string; readonly by?: 'status' | 'camera' | 'type' | 'hour' | 'day' }; answer: ViolationCounts };
  'records.groups': { input: { readonly camera_id?: string; readonly status?: 'pending' | 'confirmed' | 'false_positive' | 'resolved'; readonly violation_type?: string; readonly handled_by?: string; readonly min_confidence?: number; readonly from?: string; readonly to?: string; readonly order?: 'oldest' | 'newest'; readonly limit?: number }; answer: ViolationGroups };
  'records.setItems': { input: { readonly body: HandledItems }; answer: ItemOutcomes };
  'records.claim': { input: { readonly body: Claim }; answer: Claimed };
  'records.picture': { input: { readonly violation_id: number; readonly at?: number }; answer: Response };
  'records.strip': { input: { readonly violation_id: number }; answer: Strip };
  'statistics.realtime': { input: {  }; answer: Realtime };
  'statistics.summary': { input: { readonly minutes?: number; readonly limit?: number; readonly camera_id?: string }; answer: Summary };
  'statistics.daily': { input: { readonly days?: number; readonly camera_id?: string }; answer: Days };
  'statistics.events': { input: { readonly start_time?: string; readonly end_time?: string; readonly event_type?: string; readonly camera_id?: string; readonly limit?: number }; answer: EventsFound };
  'statistics.history': { input: { readonly minutes?: number; readonly limit?: number; readonly camera_id?: string }; answer: History };
  'statistics.series': { input: { readonly metric?: 'events' | 'violations'; readonly bucket?: '1m' | '15m' | '1h' | '1d'; readonly by?: 'type' | 'camera' | 'none'; readonly from?: string; readonly to?: string; readonly tz?: string; readonly camera_id?: string; readonly type?: string }; answer: Series };
  'rollout.overview': { input: {  }; answer: RolloutOverview };
  'rollout.report': { input: { readonly lang?: 'en' | 'zh'; readonly format?: 'md' | 'json' }; answer: RolloutReport };
  'rollout.plans': { input: {  }; answer: RolloutPlanList };
  'rollout.group': { input: { readonly group: string }; answer: RolloutGroup };
  'rollout.events': { input: { readonly group: string; readonly limit?: number; readonly after?: number }; answer: RolloutEventList };
  'rollout.mismatches': { input: { readonly group: string; readonly limit?: number }; answer: RolloutMismatchList };
  'rollout.series': { input: { readonly group: string; readonly minutes?: number }; answer: RolloutSeries };
  'rollout.start': { input: { readonly group: string; readonly body?: RolloutExplained }; answer: RolloutGroup };
  'rollout.pause': { input: { readonly group: string; readonly body?: RolloutExplained }; answer: RolloutGroup };
  'rollout.resume': { input: { readonly group: string; readonly body?: RolloutExplained }; answer: RolloutGroup };
  'rollout.promote': { input: { readonly group: string; readonly body?: RolloutExplained }; answer: RolloutGroup };
  'rollout.rollback': { input: { readonly group: string; readonly body: RolloutReasoned }; answer: RolloutGroup };
  'rollout.approve': { input: { readonly group: string; readonly body: RolloutReasoned }; answer: RolloutGroup };
  'rollout.setPercent': { input: { readonly group: string; readonly body: RolloutSetPercent }; answer: RolloutGroup };
  'rollout.verified': { input: { readonly group: string; readonly body: RolloutVerified }; answer: RolloutGroup };
  'rollout.beginVerification': { input: { readonly group: string; readonly body?: VerificationOf }; answer: Verification };
  'rollout.verification': { input: { readonly verification_id: string }; answer: Verification };
  'rollout.endVerification': { input: { readonly verification_id: string }; answer: RolloutEnded };
  'rollout.kill': { input: { readonly body: RolloutKill }; answer: RolloutAcknowledged };
  'rollout.unkill': { input: { readonly body: RolloutSwitch }; answer: RolloutAcknowledged };
  'monitoring.health': { input: {  }; answer: Health };
  'monitoring.metrics': { input: {  }; answer: Metrics };
  'nodes.list': { input: {  }; answer: SiteNodes };
  'nodes.drain': { input: { readonly id: string; readonly body?: DrainNode }; answer: Drained };
  'system.info': { input: {  }; answer: SystemInfo };
  'system.config': { input: {  }; answer: SystemConfig };
  'system.health': { input: {  }; answer: SystemHealth };
  'access.tokens': { input: {  }; answer: TokenList };
  'access.createToken': { input: { readonly body: WantedToken }; answer: TokenCreated };
  'access.revokeToken': { input: { readonly token_id: string }; answer: TokenRevoked };
  'access.audit': { input: { readonly actor?: string; readonly operation?: string; readonly token_id?: string; readonly limit?: number; readonly cursor?: number }; answer: AuditPage };
  'access.me': { input: {  }; answer: Me };
  'access.signIn': { input: { readonly body: SignIn }; answer: Me };
  'access.signOut': { input: {  }; answer: SignedOut };
  'service.health': { input: {  }; answer: { readonly status: string } };
  'service.livez': { input: {  }; answer: { readonly status: string } };
  'service.readyz': { input: {  }; answer: { readonly status: string } };
  'service.ping': { input: {  }; answer: { readonly message: string; readonly timestamp: string } };
  'service.metrics': { input: {  }; answer: Response };
}

/** Verb, path, and the role that it needs. */
export const ADDRESSES: Readonly<Record<keyof Operations, string>> = {
  'cameras.list': 'GET /api/v1/cameras viewer',
  'cameras.create': 'POST /api/v1/cameras operator',
  'cameras.get': 'GET /api/v1/cameras/{camera_id} viewer',
  'cameras.update': 'PUT /api/v1/cameras/{camera_id} operator',
  'cameras.remove': 'DELETE /api/v1/cameras/{camera_id} operator',
  'camera-config.status': 'GET /api/v1/cameras/config viewer',
  'camera-config.revisions': 'GET /api/v1/cameras/config/revisions viewer',
  'camera-config.revision': 'GET /api/v1/cameras/config/revisions/{number} viewer',
  'camera-config.restore': 'POST /api/v1/cameras/config/revisions/{number}/restore operator',
  'camera-config.preview': 'POST /api/v1/cameras/config/preview operator',
  'camera-config.text': 'GET /api/v1/cameras/config/text viewer',
  'camera-config.save': 'PUT /api/v1/cameras/config/text operator',
  'camera-config.check': 'POST /api/v1/cameras/config/check operator',
  'camera-control.start': 'POST /api/v1/cameras/{camera_id}/start operator',
  'camera-control.stop': 'POST /api/v1/cameras/{camera_id}/stop operator',
  'camera-control.restart': 'POST /api/v1/cameras/{camera_id}/restart operator',
  'camera-control.status': 'GET /api/v1/cameras/{camera_id}/status viewer',
  'camera-control.batchStatus': 'POST /api/v1/cameras/batch-status viewer',
  'camera-control.activate': 'POST /api/v1/cameras/{camera_id}/activate operator',
  'camera-control.deactivate': 'POST /api/v1/cameras/{camera_id}/deactivate operator',
  'camera-control.setAutoStart': 'PUT /api/v1/cameras/{camera_id}/auto-start operator',
  'camera-control.preview': 'GET /api/v1/cameras/{camera_id}/preview viewer',
  'camera-control.stats': 'GET /api/v1/cameras/{camera_id}/stats viewer',
  'camera-control.logs': 'GET /api/v1/cameras/{camera_id}/logs viewer',
  'camera-control.refresh': 'POST /api/v1/cameras/refresh operator',
  'camera-control.overview': 'GET /api/v1/cameras/overview viewer',
  'camera-control.probe': 'POST /api/v1/cameras/probe operator',
  'regions.get': 'GET /api/v1/management/regions/{region} viewer',
  'regions.update': 'PUT /api/v1/management/regions/{region} operator',
  'regions.remove': 'DELETE /api/v1/management/regions/{region} operator',
  'regions.canvas': 'GET /api/v1/management/regions/meta viewer',
  'regions.setCanvas': 'POST /api/v1/management/regions/meta operator',
  'regions.saveAll': 'POST /api/v1/management/regions/batch operator',
  'regions.list': 'GET /api/v1/management/regions viewer',
  'regions.create': 'POST /api/v1/management/regions operator',
  'regions.clear': 'DELETE /api/v1/management/regions operator',
  'regions.plain': 'GET /api/regions viewer',
  'regions.replaceAll': 'POST /api/regions operator',
  'camera-control.detection': 'GET /api/v1/cameras/{camera_id}/detection viewer',
  'camera-control.dryRun': 'POST /api/v1/cameras/{camera_id}/detection/dry-run operator',
  'video.stats': 'GET /api/v1/video-stream/stats viewer',
  'video.status': 'GET /api/v1/video-stream/status/{camera_id} viewer',
  'alerts.list': 'GET /api/v1/alerts/rules viewer',
  'alerts.create': 'POST /api/v1/alerts/rules operator',
  'alerts.get': 'GET /api/v1/alerts/rules/{rule_id} viewer',
  'alerts.update': 'PUT /api/v1/alerts/rules/{rule_id} operator',
  'alerts.remove': 'DELETE /api/v1/alerts/rules/{rule_id} operator',
  'alerts.history': 'GET /api/v1/alerts/history-db viewer',
  'alert-handling.test': 'POST /api/v1/alerts/rules/{rule_id}/test viewer',
  'alert-handling.tryOut': 'POST /api/v1/alerts/rules/test viewer',
  'alert-handling.acknowledge': 'POST /api/v1/alerts/history/{alert_id}/acknowledge operator',
  'alert-handling.acknowledgeMany': 'POST /api/v1/alerts/history/acknowledge operator',
  'alert-handling.resolve': 'POST /api/v1/alerts/history/{alert_id}/resolve operator',
  'alert-handling.deliveries': 'GET /api/v1/alerts/deliveries viewer',
  'alert-handling.replay': 'POST /api/v1/alerts/deliveries/{delivery_id}/replay operator',
  'events.recent': 'GET /api/v1/events/recent viewer',
  'events.post': 'POST /api/v1/events operator',
  'events.exportCsv': 'GET /api/v1/events/export viewer',
  'records.violations': 'GET /api/v1/records/violations viewer',
  'records.violation': 'GET /api/v1/records/violations/{violation_id} viewer',
  'records.changes': 'GET /api/v1/records/violations/{violation_id}/changes viewer',
  'records.exportViolations': 'GET /api/v1/records/violations/export viewer',
  'records.setStatus': 'PUT /api/v1/records/violations/{violation_id}/status operator',
  'records.setStatuses': 'PUT /api/v1/records/violations/status operator',
  'records.summary': 'GET /api/v1/records/statistics/summary viewer',
  'records.cameraStatistics': 'GET /api/v1/records/statistics/{camera_id} viewer',
  'records.detectionRecords': 'GET /api/v1/records/detection-records/{camera_id} viewer',
  'records.health': 'GET /api/v1/records/health viewer',
  'records.counts': 'GET /api/v1/records/violations/counts viewer',
  'records.groups': 'GET /api/v1/records/violations/groups viewer',
  'records.setItems': 'PUT /api/v1/records/violations/items operator',
  'records.claim': 'POST /api/v1/records/violations/claims operator',
  'records.picture': 'GET /api/v1/records/violations/{violation_id}/picture viewer',
  'records.strip': 'GET /api/v1/records/violations/{violation_id}/strip viewer',
  'statistics.realtime': 'GET /api/v1/statistics/realtime viewer',
  'statistics.summary': 'GET /api/v1/statistics/summary viewer',
  'statistics.daily': 'GET /api/v1/statistics/daily viewer',
  'statistics.events': 'GET /api/v1/statistics/events viewer',
  'statistics.history': 'GET /api/v1/statistics/history viewer',
  'statistics.series': 'GET /api/v1/statistics/series viewer',
  'rollout.overview': 'GET /api/v1/rollout viewer',
  'rollout.report': 'GET /api/v1/rollout/report viewer',
  'rollout.plans': 'GET /api/v1/rollout/plan viewer',
  'rollout.group': 'GET /api/v1/rollout/{group} viewer',
  'rollout.events': 'GET /api/v1/rollout/{group}/events viewer',
  'rollout.mismatches': 'GET /api/v1/rollout/{group}/mismatches viewer',
  'rollout.series': 'GET /api/v1/rollout/{group}/series viewer',
  'rollout.start': 'POST /api/v1/rollout/{group}/start operator',
  'rollout.pause': 'POST /api/v1/rollout/{group}/pause operator',
  'rollout.resume': 'POST /api/v1/rollout/{group}/resume operator',
  'rollout.promote': 'POST /api/v1/rollout/{group}/promote operator',
  'rollout.rollback': 'POST /api/v1/rollout/{group}/rollback operator',
  'rollout.approve': 'POST /api/v1/rollout/{group}/approve operator',
  'rollout.setPercent': 'POST /api/v1/rollout/{group}/set-percent operator',
  'rollout.verified': 'POST /api/v1/rollout/{group}/verified operator',
  'rollout.beginVerification': 'POST /api/v1/rollout/{group}/verifications operator',
  'rollout.verification': 'GET /api/v1/rollout/verifications/{verification_id} viewer',
  'rollout.endVerification': 'DELETE /api/v1/rollout/verifications/{verification_id} operator',
  'rollout.kill': 'POST /api/v1/rollout/kill operator',
  'rollout.unkill': 'POST /api/v1/rollout/unkill operator',
  'monitoring.health': 'GET /api/v1/monitoring/health viewer',
  'monitoring.metrics': 'GET /api/v1/monitoring/metrics viewer',
  'nodes.list': 'GET /api/v1/nodes viewer',
  'nodes.drain': 'POST /api/v1/nodes/{id}/drain admin',
  'system.info': 'GET /api/v1/system/info viewer',
  'system.config': 'GET /api/v1/system/config viewer',
  'system.health': 'GET /api/v1/system/health viewer',
  'access.tokens': 'GET /api/v1/access/tokens admin',
  'access.createToken': 'POST /api/v1/access/tokens admin',
  'access.revokeToken': 'DELETE /api/v1/access/tokens/{token_id} admin',
  'access.audit': 'GET /api/v1/access/audit admin',
  'access.me': 'GET /api/v1/access/me viewer',
  'access.signIn': 'POST /api/v1/access/session anybody',
  'access.signOut': 'DELETE /api/v1/access/session anybody',
  'service.health': 'GET /health anybody',
  'service.livez': 'GET /livez anybody',
  'service.readyz': 'GET /readyz anybody',
  'service.ping': 'GET /api/ping anybody',
  'service.metrics': 'GET /metrics viewer',
};
