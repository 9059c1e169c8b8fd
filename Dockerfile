# The application image: the first stage builds with Maven, the second runs as an unprivileged user.
#   docker build -t digitstream . && docker run --rm digitstream --help

FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml ./
COPY LICENSE ./
COPY NOTICE ./
COPY .mvn .mvn
COPY avro avro
COPY src/main src/main
# Caches Maven's downloads for the next build. Needs BuildKit: Docker 23 or later, or `docker compose`.
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true package

FROM eclipse-temurin:17-jre
# Group 0 may write what the user may: OpenShift runs images with an arbitrary user id in that group.
RUN groupadd --gid 10001 digitstream \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/digitstream --create-home --shell /usr/sbin/nologin digitstream \
 && mkdir -p /var/lib/digitstream/models /var/lib/digitstream/state /var/lib/digitstream/cache \
 && chown -R digitstream:0 /var/lib/digitstream \
 && chmod -R g=u /var/lib/digitstream
COPY --from=build /build/target/digitstream/digitstream.jar /opt/digitstream/digitstream.jar
COPY --from=build /build/target/digitstream/lib /opt/digitstream/lib
COPY --from=build /build/target/digitstream/LICENSE /opt/digitstream/LICENSE
COPY --from=build /build/target/digitstream/NOTICE /opt/digitstream/NOTICE
COPY --from=build /build/target/digitstream/THIRD-PARTY.txt /opt/digitstream/THIRD-PARTY.txt
COPY scripts/healthcheck /opt/digitstream/healthcheck

USER digitstream
WORKDIR /var/lib/digitstream
# The models; the state of Kafka Streams; a cache for MNIST and PyTorch's unpacked native library.
VOLUME ["/var/lib/digitstream/models", "/var/lib/digitstream/state", "/var/lib/digitstream/cache"]
ENV XDG_STATE_HOME=/var/lib/digitstream/state \
    XDG_CACHE_HOME=/var/lib/digitstream/cache \
    DJL_CACHE_DIR=/var/lib/digitstream/cache/djl \
    GOMP_SPINCOUNT=5000
# The Java heap uses half of the container's memory limit (set one). PyTorch and RocksDB need memory outside the heap.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", "-Ddigitstream.home=/opt/digitstream", "-jar", "/opt/digitstream/digitstream.jar"]
CMD ["--help"]
