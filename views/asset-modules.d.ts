declare module "*/page.js" {
  const path: string;
  export default path;
}
