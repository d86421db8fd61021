# `bun run build` first: the image holds that one file and the shared libraries it needs (libc, libgcc_s), nothing else of ours.
#
#   docker build -t tallyman .
#   docker run -d --name tallyman --restart unless-stopped --network host \
#     -v /var/run/docker.sock:/var/run/docker.sock -v /opt/tallyman:/opt/tallyman tallyman
#
# The root folder must have the same path inside and outside, because the Engine resolves bind mounts on the host.
# With the host's network the page stays on 127.0.0.1:7411 of the host; put a proxy that speaks TLS in front of it.
# There is no USER: whoever may use the Engine's socket is root on the host anyway, and the root folder belongs to root.
FROM debian:12-slim
COPY --chmod=0755 dist/tallyman /usr/local/bin/tallyman
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/local/bin/tallyman"]
CMD ["serve", "--root", "/opt/tallyman"]
