/** A text without its %XX; one whose escapes are not UTF-8 stands for itself. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    // By name: an error of another realm, as in a test, is no instance of this one's class.
    if ((error as Error).name === 'URIError') return text;
    throw error;
  }
}
