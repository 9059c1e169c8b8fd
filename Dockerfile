# The application image: the first stage builds with Maven, the second runs as an unprivileged user.
#   docker build -t digitstream . && docker run --rm digitstream --help

FROM maven:3-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml ./
COPY LICENSE ./
COPY NOTICE ./
COPY .mvn .mvn
COPY avro avro
COPY scripts/KeepNatives.java scripts/KeepNatives.java
COPY src/main src/main
# Caches Maven's downloads for the next build. Needs BuildKit: Docker 23 or later, or `docker compose`.
RUN --mount=type=cache,target=/root/.m2 mvn -B -ntp -Dmaven.test.skip=true -Dspotless.check.skip=true package
# The image runs on the platform that it is built on.
RUN java scripts/KeepNatives.java target/digitstream/lib

FROM eclipse-temurin:17-jre
# Group 0 may write what the user may: OpenShift runs images with an arbitrary user id in that group.
RUN mkdir -p /var/lib/digitstream/models /var/lib/digitstream/state /var/lib/digitstream/cache \
 && chown -R 10001:0 /var/lib/digitstream \
 && chmod -R g=u /var/lib/digitstream
# The modes do not depend on the umask of the checkout or of the build.
COPY --from=build --chmod=444 /build/target/digitstream/digitstream.jar /opt/digitstream/digitstream.jar
COPY --from=build --chmod=555 /build/target/digitstream/lib /opt/digitstream/lib
# The schema registry of `demo` and `local`.
COPY --from=build --chmod=555 /build/target/digitstream/registry /opt/digitstream/registry
COPY --from=build --chmod=444 /build/target/digitstream/LICENSE /opt/digitstream/LICENSE
COPY --from=build --chmod=444 /build/target/digitstream/NOTICE /opt/digitstream/NOTICE
COPY --from=build --chmod=444 /build/target/digitstream/THIRD-PARTY.txt /opt/digitstream/THIRD-PARTY.txt
COPY --chmod=555 scripts/healthcheck /opt/digitstream/healthcheck

# Numeric, so that Kubernetes can see that it is not root (runAsNonRoot).
USER 10001:0
WORKDIR /var/lib/digitstream
# Below the working directory: the models; the state of Kafka Streams; a cache for MNIST and PyTorch's unpacked native library. There is
# no VOLUME, which would leave an anonymous volume behind for each container that mounts none.
ENV HOME=/var/lib/digitstream \
    XDG_STATE_HOME=/var/lib/digitstream/state \
    XDG_CACHE_HOME=/var/lib/digitstream/cache \
    DJL_CACHE_DIR=/var/lib/digitstream/cache/djl \
    GOMP_SPINCOUNT=5000
# The Java heap uses half of the container's memory limit (set one). PyTorch and RocksDB need memory outside the heap.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=50", "-XX:+UseParallelGC", "-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true", "-Ddigitstream.home=/opt/digitstream", "-jar", "/opt/digitstream/digitstream.jar"]
CMD ["--help"]
