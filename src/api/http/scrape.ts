import type { Express } from 'express';

/** Gives the text that Prometheus reads, and its content type. */
export type Scrape = () => Promise<{ readonly type: string; readonly text: string }>;

export function mountScrape(app: Express, scrape: Scrape): void {
  app.get('/metrics', async (_req, res) => {
    const { type, text } = await scrape();
    res.writeHead(200, { 'content-type': type }).end(text);
  });
}
