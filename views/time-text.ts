const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `8 s`, `3 min`, `2 h`, `6 d`, `3 w`, and beyond half a year the day itself. A time that lies ahead is shown as now. */
export function age(now: Date, at: string): string {
  const passed = Math.max(0, now.getTime() - Date.parse(at));
  if (Number.isNaN(passed)) return "at an unknown time";
  if (passed < MINUTE) return `${Math.floor(passed / SECOND)} s`;
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h`;
  if (passed < 14 * DAY) return `${Math.floor(passed / DAY)} d`;
  if (passed < 180 * DAY) return `${Math.floor(passed / (7 * DAY))} w`;
  return at.slice(0, 10);
}

/** `just now`, `8 s ago`; a date stands as it is. */
export function ago(now: Date, at: string): string {
  const text = age(now, at);
  if (/^[0-4] s$/.test(text)) return "just now";
  return / (s|min|h|d|w)$/.test(text) ? `${text} ago` : text;
}

/** `2026-11-21 09:40:51 UTC` */
export function exactTime(at: string): string {
  return Number.isNaN(Date.parse(at)) ? at : `${new Date(at).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `0.6 s`, `14.2 s`, `2 min 5 s`, `1 h 3 min` */
export function duration(ms: number): string {
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  const seconds = Math.round(ms / SECOND);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
}

/** `60 s`, `5 min`, `2 h`: settings, which are round. */
export function interval(ms: number): string {
  if (ms % HOUR === 0) return `${ms / HOUR} h`;
  if (ms % MINUTE === 0 && ms > MINUTE) return `${ms / MINUTE} min`;
  return `${ms / SECOND} s`;
}
