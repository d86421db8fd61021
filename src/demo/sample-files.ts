/** Named by the sample's Compose file; made from the host's own binaries before the first deployment. */
export const SAMPLE_IMAGE = "tallyman-sample:1";
/** What the sample's image can do: busybox serves a page; a bare shell only counts. */
export type SampleFlavour = "busybox" | "shell";

export function sampleFlavour(searchPath: string): SampleFlavour {
  return Bun.which("busybox", { PATH: searchPath }) === null ? "shell" : "busybox";
}

/** Path → content of the sample's first commit. The page is published on this host's loopback at `pagePort`. */
export function sampleFiles(flavour: SampleFlavour, pagePort: number): Readonly<Record<string, string>> {
  return flavour === "busybox"
    ? {
        "README.md": README,
        "compose.yaml": busyboxCompose(pagePort),
        "page/index.html": PAGE,
        "page/serve.sh": SERVE,
        "visitor/visit.sh": VISIT,
      }
    : { "README.md": README, "compose.yaml": SHELL_COMPOSE, "page/serve.sh": COUNT };
}

const README = `# The sample

Tallyman polls this repository every ten seconds and keeps running what compose.yaml asks for.

Change something and push it; within one interval it is deployed:

    sed -i 's/GREETING: .*/GREETING: "Hello again"/' compose.yaml
    git commit -am "Say hello again" && git push

Break it; Tallyman sees that the page is not healthy and brings the former containers back:

    sed -i 's/BROKEN: .*/BROKEN: "yes"/' compose.yaml
    git commit -am "Break the page" && git push

Mend it with \`git revert --no-edit HEAD && git push\`.
`;

const busyboxCompose = (pagePort: number): string => `# A page, and a visitor who looks at it every few seconds.
services:
  page:
    image: ${SAMPLE_IMAGE}
    command: ["sh", "/srv/page/serve.sh"]
    environment:
      GREETING: "Hello from the quay"
      BROKEN: "no"
    ports:
      - "127.0.0.1:${pagePort}:8080"
    volumes:
      - ./page:/srv/page:ro
    healthcheck:
      test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"]
      interval: 2s
      timeout: 2s
      retries: 3
      start_period: 2s
    restart: unless-stopped

  visitor:
    image: ${SAMPLE_IMAGE}
    command: ["sh", "/srv/visitor/visit.sh"]
    volumes:
      - ./visitor:/srv/visitor:ro
    depends_on:
      page:
        condition: service_healthy
    restart: unless-stopped
`;

const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The sample</title>
<style>
  body { font: 18px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; padding: 0 1rem; color-scheme: light dark }
  h1 { font-size: 2.4rem; line-height: 1.1 }
  code { font-size: .9em }
</style>
<h1>@GREETING@</h1>
<p>This page comes from <code>page/index.html</code> of the sample repository, the greeting from <code>compose.yaml</code>.
Change either, commit, push: it is here within one interval.</p>
</html>
`;

/** The first process of a container is not ended by TERM unless it says so; sleeping in the background keeps the trap prompt. */
const SERVE = `#!/bin/sh
# Serves page/index.html with the greeting filled in. Reads it again every two seconds.
trap 'exit 0' TERM INT
pause() { sleep "$1" & wait $!; }

if [ "$BROKEN" = yes ]; then
  echo "broken on purpose: nothing is served"
  while :; do pause 60; done
fi

mkdir -p /tmp/www
fill() { sed "s|@GREETING@|$GREETING|" /srv/page/index.html >/tmp/next && mv /tmp/next /tmp/www/index.html; }
fill
httpd -p 8080 -h /tmp/www
echo "serving: $GREETING"
while :; do fill; pause 2; done
`;

const VISIT = `#!/bin/sh
# Looks at the page every five seconds and says what it sees.
trap 'exit 0' TERM INT
while :; do
  seen=$(wget -q -O - http://page:8080/ | sed -n 's|.*<h1>\\(.*\\)</h1>.*|\\1|p')
  echo "the page says: \${seen:-nothing}"
  sleep 5 & wait $!
done
`;

const SHELL_COMPOSE = `# A counter, and a watcher that starts when the counter is healthy.
services:
  page:
    image: ${SAMPLE_IMAGE}
    command: ["sh", "/srv/page/serve.sh"]
    environment:
      GREETING: "Hello from the quay"
      BROKEN: "no"
    volumes:
      - ./page:/srv/page:ro
    healthcheck:
      test: ["CMD-SHELL", "[ -f /alive ]"]
      interval: 2s
      timeout: 2s
      retries: 3
      start_period: 2s
    restart: unless-stopped

  visitor:
    image: ${SAMPLE_IMAGE}
    command: ["sh", "-c", "trap 'exit 0' TERM; while :; do echo the page is healthy; sleep 5 & wait; done"]
    depends_on:
      page:
        condition: service_healthy
    restart: unless-stopped
`;

const COUNT = `#!/bin/sh
# Says the greeting again and again; healthy from the first time on.
trap 'exit 0' TERM INT
count=0
while :; do
  count=$((count + 1))
  echo "$GREETING ($count)"
  [ "$BROKEN" = yes ] || : >/alive
  sleep 2 & wait $!
done
`;
