// Files that the binary carries. With `{ type: "text" }` the import is their content, with `{ type: "file" }` a path to open.
declare module "*.css" {
  const asset: string;
  export = asset;
}
declare module "*.sql" {
  const asset: string;
  export = asset;
}
declare module "*.svg" {
  const asset: string;
  export = asset;
}
declare module "*.woff2" {
  const asset: string;
  export = asset;
}
declare module "htmx.org/dist/*" {
  const asset: string;
  export = asset;
}
declare module "*/views/assets/page.js" {
  const asset: string;
  export = asset;
}
