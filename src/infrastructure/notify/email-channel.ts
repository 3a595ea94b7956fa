import { createTransport } from 'nodemailer';
import { type AlertChannel, type OutgoingNotice, Undeliverable } from '../../application/alerts/alert-channel';
import { isLoopback } from '../../domain/shared/loopback';

export interface EmailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server wants them; empty: no e-mail. */
  readonly smtpUrl: string;
  readonly from: string;
}

const WITHIN_MS = 10_000;

/** Sends alerts as e-mail, one message to each recipient. */
export class EmailChannel implements AlertChannel {
  private readonly transport: ReturnType<typeof createTransport> | undefined;

  constructor(private readonly settings: EmailSettings) {
    const { smtpUrl } = settings;
    const limits = { connectionTimeout: WITHIN_MS, greetingTimeout: WITHIN_MS, socketTimeout: WITHIN_MS };
    const requireTLS = needsTls(smtpUrl);
    this.transport = smtpUrl === '' ? undefined : createTransport({ url: smtpUrl, requireTLS, ...limits });
  }

  async send({ target, idempotencyKey, notice }: OutgoingNotice): Promise<string> {
    if (!this.transport) throw new Undeliverable('SMTP_URL is not set');
    if (target === '') throw new Undeliverable('no recipient is an e-mail address');
    const { message, camera_id, alert_type, timestamp, details } = notice;
    const lines = [
      message,
      '',
      `camera    ${camera_id}`,
      `type      ${alert_type}`,
      `rule      ${String(details.rule_name ?? '')}`,
      `time      ${timestamp}`,
      `alert     ${notice.id}`,
    ];
    try {
      await this.transport.sendMail({
        from: this.settings.from,
        to: { name: '', address: target },
        subject: `[${String(details.priority ?? 'medium')}] ${message}`,
        text: lines.join('\n'),
        messageId: `<${idempotencyKey}@watchgate>`,
        headers: { 'X-Watchgate-Idempotency-Key': idempotencyKey },
      });
      return 'accepted';
    } catch (error) {
      throw explained(error);
    }
  }

  close(): void {
    this.transport?.close();
  }
}

/**
 * A password goes over a network only encrypted, whatever the server claims to support; `?ignoreTLS=true` disables
 * that.
 */
function needsTls(smtpUrl: string): boolean {
  if (smtpUrl === '') return false;
  const { hostname, password, searchParams } = new URL(smtpUrl);
  return password !== '' && !isLoopback(hostname) && searchParams.get('ignoreTLS') !== 'true';
}

/** The server's own message may quote addresses or the message; its code is enough. */
function explained(error: unknown): Error {
  const code = member(error, 'responseCode');
  if (typeof code === 'number') {
    const text = `the mail server answered ${code}`;
    return code >= 500 ? new Undeliverable(text) : new Error(text);
  }
  return new Error(`the mail server cannot be used (${String(member(error, 'code') ?? 'no answer')})`);
}

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
