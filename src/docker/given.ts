/** `{ [key]: value }`, or nothing when there is no value: the Engine tells an absent field from an empty one. */
export function given<Key extends string, Value>(
  key: Key,
  value: Value,
): { readonly [K in Key]?: Exclude<Value, null | undefined> } {
  if (value === null || value === undefined) return {};
  return { [key]: value } as { readonly [K in Key]: Exclude<Value, null | undefined> };
}
