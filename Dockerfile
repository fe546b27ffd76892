# syntax=docker/dockerfile:1
# The operator as one bundled file, with Node.js and the libraries that it needs: no shell, no package manager.
# For a reproducible bundle: --build-arg SOURCE_DATE_EPOCH=$(git log -1 --format=%ct). `make image` builds and tries it.
ARG NODE_VERSION=24

# The bundle is the same for every platform.
FROM --platform=$BUILDPLATFORM node:${NODE_VERSION}-slim AS build
WORKDIR /work
COPY package.json package-lock.json .npmrc ./
RUN npm ci --no-audit
COPY scripts ./scripts
COPY src ./src
COPY tsconfig.json ./
ARG SOURCE_DATE_EPOCH=0
RUN npm run build

FROM node:${NODE_VERSION}-slim AS runtime
COPY scripts/image/rootfs.sh /
RUN /rootfs.sh /rootfs

FROM scratch
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="crossaccountlink" \
      org.opencontainers.image.description="Sets up AWS Step Functions cross-account access, and keeps it in place" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.source="https://github.com/crossaccountlink/crossaccountlink" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=runtime /rootfs /
# glibc keeps an arena of memory for each of V8's threads, 6 MB in all, and gains nothing by it here.
ENV PATH=/usr/local/bin NODE_ENV=production MALLOC_ARENA_MAX=1
WORKDIR /app
COPY --from=build /work/dist/operator.mjs /work/dist/operator.mjs.map /work/dist/operator.mjs.LEGAL.txt ./
# By number, so that runAsNonRoot can tell.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Room for new objects from the start: V8 begins with 1 MB and, where little happens, goes back to it, and then looks through the
# young ones every few checks. A seventh less of the processor at the start, and no more memory. And no more room than that: it
# would grow to 32 MB in a large heap (src/heap.ts), and 8 MB stayed after a few hundred links.
# Without --enable-source-maps, which costs 11 MB for as long as it runs: the bundle keeps names and short lines, and the
# map lies beside it.
ENTRYPOINT ["node", "--min-semi-space-size=4", "--max-semi-space-size=4", "/app/operator.mjs"]
