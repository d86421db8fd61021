/** One field of a form that was sent: its text, or "" when it is missing or not one text. */
export function field(form: unknown, name: string): string {
  const value: unknown =
    typeof form === "object" && form !== null ? Object.entries(form).find(([key]) => key === name)?.[1] : "";
  return typeof value === "string" ? value : "";
}

/** The lines or comma-separated parts of a field, trimmed, without empty ones. */
export function listField(form: unknown, name: string): readonly string[] {
  return field(form, name)
    .split(/[\n,]/)
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
