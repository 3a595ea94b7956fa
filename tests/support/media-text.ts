import type { Media } from '../../src/application/shared/media';

/** The whole of an answer that is text. */
export async function mediaText({ body }: Media): Promise<string> {
  if (body instanceof Uint8Array) return Buffer.from(body).toString();
  const chunks: string[] = [];
  for await (const chunk of body) chunks.push(String(chunk));
  return chunks.join('');
}
