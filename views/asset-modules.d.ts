declare module "*/page.js" {
  const path: string;
  export = path;
}
