import Ajv, { type Options, type ValidateFunction } from "ajv";
import schema from "./compose-spec.schema.json" with { type: "json" };

export const SCHEMA_OPTIONS = {
  strict: false,
  allErrors: true,
  verbose: true,
  validateFormats: false,
  addUsedSchema: false,
} as const satisfies Options;

let compiled: ValidateFunction | undefined;

/**
 * What checks a model against the Compose Specification's schema. build.ts puts the finished function in this module's place, because
 * making it takes longer than most loads and 9 MB that stay.
 */
export function schemaCheck(): ValidateFunction {
  compiled ??= new Ajv(SCHEMA_OPTIONS).compile(schema);
  return compiled;
}
