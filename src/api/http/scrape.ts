import type { Express } from 'express';
import { onlyGet } from './only-get';
import { sendText } from './send';

/** Gives the text that Prometheus reads, and its content type. */
export type Scrape = () => Promise<{ readonly type: string; readonly text: string }>;

export function mountScrape(app: Express, scrape: Scrape): void {
  onlyGet(app, '/metrics', async (_req, res) => {
    const { type, text } = await scrape();
    sendText(res, 200, type, text);
  });
}
