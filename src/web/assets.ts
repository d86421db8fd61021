import { Elysia } from "elysia";

export function assets() {
  return new Elysia();
}
