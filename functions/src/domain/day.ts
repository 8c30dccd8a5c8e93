export const dayMs = 86_400_000;

/** The day of UTC, YYYY-MM-DD. */
export function utcDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
