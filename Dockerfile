# Phase 2 of 2: an image that holds the contents of runtime.tar and nothing else.
# Phase 1, Dockerfile.build, makes runtime.tar; scripts/build-image.sh does both.
FROM scratch

ADD runtime.tar /

# After ADD, because they change with every build and the layer above doesn't have to.
ARG BUILD_DATE
ARG VCS_REF
ARG VERSION
LABEL org.opencontainers.image.title="sample-server" \
  org.opencontainers.image.description="A sample web server, packed by rootfs-pack" \
  org.opencontainers.image.created="${BUILD_DATE}" \
  org.opencontainers.image.revision="${VCS_REF}" \
  org.opencontainers.image.version="${VERSION}"

EXPOSE 8080
# A vector: there is no shell in the image that could run a string.
ENTRYPOINT ["/sample-server"]
