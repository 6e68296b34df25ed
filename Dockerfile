# tandem on Debian 12. The first stage builds; the second has the program, LibTorch and the default encoders.
#   docker build -t tandem .
#   docker run --rm -v "$PWD":/work tandem encode --data flickr8k:flickr8k --out features
FROM debian:12-slim AS build
# hadolint ignore=DL3008
RUN apt-get update && \
    apt-get install -y --no-install-recommends ca-certificates make && \
    rm -rf /var/lib/apt/lists/*
WORKDIR /src
# What set-up reads comes first, so that a changed source does not fetch everything again.
COPY Makefile requirements.txt requirements-models.txt ./
COPY scripts scripts
RUN make setup
COPY . .
RUN make install PREFIX=/opt/tandem && \
    cp -r models /opt/tandem/models && \
    rm -rf /opt/tandem/include /opt/tandem/lib/cmake /opt/tandem/lib/*.a

FROM debian:12-slim
COPY scripts/debian_packages_run.txt /usr/share/doc/tandem-packages.txt
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
# hadolint ignore=DL3008
RUN apt-get update && \
    grep -v '^#' /usr/share/doc/tandem-packages.txt | \
      xargs apt-get install -y --no-install-recommends && \
    rm -rf /var/lib/apt/lists/*
COPY --from=build /opt/tandem /opt/tandem
ENV PATH=/opt/tandem/bin:$PATH
WORKDIR /work
ENTRYPOINT ["tandem"]
CMD ["--help"]
