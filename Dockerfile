# keysieve alone in an image, linked statically, as a user without rights: `docker run --rm -v "$PWD:/src:ro" IMAGE scan`.
FROM rust:1.95-alpine AS build
WORKDIR /build
COPY . .
RUN cargo build --release --locked \
    && mkdir /image \
    && cp target/release/keysieve /image/

FROM scratch
COPY LICENSE-APACHE LICENSE-MIT /
COPY --from=build /image/ /usr/local/bin/
USER 65532:65532
WORKDIR /src
ENTRYPOINT ["/usr/local/bin/keysieve"]
CMD ["--help"]
