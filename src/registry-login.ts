/** With whom images are pulled from one registry. */
export interface RegistryLogin {
  /** `host` or `host:port`, lowercase; `docker.io` for Docker Hub. */
  readonly host: string;
  readonly username: string;
  readonly secret: string;
}

/** Logins that an operator gave Tallyman, read anew at each use. store/ fulfils it. */
export interface RegistryLoginBook {
  loginFor(host: string): Promise<RegistryLogin | null>;
}
