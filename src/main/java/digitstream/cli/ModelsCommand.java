package digitstream.cli;

import digitstream.avro.ModelInstance;
import digitstream.avro.ModelRelease;
import digitstream.avro.ReleaseRole;
import digitstream.common.Excerpt;
import digitstream.model.Engines;
import digitstream.model.LoadedModel;
import digitstream.model.ModelArtifact;
import digitstream.release.Artifacts;
import digitstream.release.CardReleases;
import digitstream.release.InstanceTopic;
import digitstream.release.ReleaseLog;
import digitstream.release.ReleaseTopic;
import digitstream.release.Releaser;
import digitstream.serde.SchemaRegistry;
import digitstream.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code digitstream models}. */
@Command(
        name = "models",
        description = "Change the model that the running stream uses.",
        subcommands = ModelsCompareCommand.class,
        synopsisSubcommandLabel = "COMMAND",
        mixinStandardHelpOptions = true)
final class ModelsCommand {
    private static final String WEB = "(?i)https?://.*";
    private static final String VERSION =
            "The version, or NAME/VERSION if several models have it, as `digitstream models list` shows it.";
    private static final String REASON = "Why, for the history.";
    private static final int MAX_REASON = 250;

    /** The connection, and the topic that it leads to. */
    private record Connection(Admin admin, SchemaRegistry schemas, Settings settings, Map<String, String> clients)
            implements AutoCloseable {
        static Connection open(ClusterOptions cluster, RegistryOption registry) throws InterruptedException {
            Settings settings = cluster.settings();
            Map<String, String> clients = cluster.clients(settings);
            Admin admin = ClusterOptions.admin(clients);
            try {
                return new Connection(admin, ClusterOptions.registry(registry.url, settings), settings, clients);
            } catch (RuntimeException e) {
                admin.close();
                throw e;
            }
        }

        ReleaseTopic releases() {
            return new ReleaseTopic(clients, schemas, settings.topics().models());
        }

        @Override
        public void close() {
            schemas.close();
            admin.close();
        }
    }

    @Command(
            name = "publish",
            description = {
                "Make a model version known to the stream.",
                "Checks its files, loads it and tests it on digits first. It is not used until it is promoted.",
                "Serving processes read it from the same place: a folder that all of them see, or a URL that their setting"
                        + " models.allowed.uris allows."
            },
            mixinStandardHelpOptions = true)
    int publish(
            @Mixin ClusterOptions cluster,
            @Mixin RegistryOption registry,
            @Parameters(
                            paramLabel = "DIR|URL",
                            description =
                                    "The folder of the version, with model.pt and model.json, on disk or over HTTP.")
                    String place,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = REASON) String reason)
            throws InterruptedException, IOException {
        requireLine(reason);
        Settings settings = cluster.settings();
        Path fetched = Files.createTempDirectory("digitstream-publish-");
        try {
            boolean isWeb = place.matches(WEB);
            URI uri = isWeb
                    ? web(place)
                    : Path.of(place).toAbsolutePath().normalize().toUri();
            ModelArtifact artifact = isWeb
                    ? new Artifacts(settings.models(), fetched).download(uri)
                    : ModelArtifact.open(Path.of(place));
            UserFolders.ofProcess().setEngineCache();
            Engines.forInference();
            LoadedModel.load(artifact, settings.classify().precision()).close();
            try (Connection to = Connection.open(cluster, registry)) {
                ReleaseLog log = to.releases().read();
                String key =
                        ReleaseLog.key(artifact.card().name(), artifact.card().version());
                requireNotInUse(log, key);
                to.releases()
                        .write(List.of(CardReleases.release(
                                artifact.card(), uri, ReleaseRole.PUBLISHED, null, Releaser.name(), reason)));
                System.out.println("Published " + key + ". To use it, run `digitstream models promote " + key + "`.");
            }
            return 0;
        } finally {
            delete(fetched);
        }
    }

    private static void requireLine(String reason) {
        if (reason.length() > MAX_REASON || reason.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException(
                    "--reason is '" + Excerpt.of(reason) + "'; use one line of at most " + MAX_REASON + " characters");
        }
    }

    private static URI web(String place) {
        try {
            return URI.create(place);
        } catch (IllegalArgumentException e) {
            throw new UsageException("'" + Excerpt.of(place)
                    + "' is not a URL; name a folder, or a URL that begins with" + " http:// or https://");
        }
    }

    private static void requireNotInUse(ReleaseLog log, String key) {
        boolean champion =
                log.champion().map(ReleaseLog.Entry::key).filter(key::equals).isPresent();
        boolean challenger =
                log.challengers().stream().anyMatch(entry -> entry.key().equals(key));
        if (champion || challenger) {
            throw new UserException(key + " is the " + (champion ? "champion" : "challenger")
                    + " already; give the new model a version of its own");
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Command(
            name = "promote",
            description = {
                "Make a version the champion, which classifies the stream.",
                "Serving processes load it in the background and switch between two batches."
            },
            mixinStandardHelpOptions = true)
    int promote(
            @Mixin ClusterOptions cluster,
            @Mixin RegistryOption registry,
            @Parameters(paramLabel = "VERSION", description = VERSION) String version,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = REASON) String reason)
            throws InterruptedException {
        requireLine(reason);
        try (Connection to = Connection.open(cluster, registry)) {
            ReleaseLog log = to.releases().read();
            ReleaseLog.Entry chosen = find(log, version);
            String before = log.champion().map(ReleaseLog.Entry::key).orElse(null);
            if (chosen.key().equals(before)) {
                throw new UserException(chosen.key() + " is the champion already");
            }
            to.releases().write(List.of(next(chosen, ReleaseRole.CHAMPION, before, reason)));
            System.out.println("Promoted " + chosen.key() + (before == null ? "" : ", which replaces " + before)
                    + ". To see which process serves it, run `digitstream models list`.");
            return 0;
        }
    }

    @Command(
            name = "rollback",
            description = {
                "Return to the champion before this one, and retire this one.",
                "A second rollback goes back further."
            },
            mixinStandardHelpOptions = true)
    int rollback(
            @Mixin ClusterOptions cluster,
            @Mixin RegistryOption registry,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = REASON) String reason)
            throws InterruptedException {
        requireLine(reason);
        try (Connection to = Connection.open(cluster, registry)) {
            ReleaseLog log = to.releases().read();
            ReleaseLog.Entry champion =
                    log.champion().orElseThrow(() -> new UserException("there is no champion to roll back"));
            ReleaseLog.Entry previous = log.previous()
                    .orElseThrow(() -> new UserException("no champion came before " + champion.key()
                            + "; promote another version with `digitstream models promote VERSION`"));
            to.releases()
                    .write(List.of(
                            next(
                                    previous,
                                    ReleaseRole.CHAMPION,
                                    previous.release().getReplaced(),
                                    reason),
                            next(
                                    champion,
                                    ReleaseRole.RETIRED,
                                    champion.release().getReplaced(),
                                    reason)));
            System.out.println("Rolled back to " + previous.key() + ", and retired " + champion.key() + ".");
            return 0;
        }
    }

    @Command(
            name = "retire",
            description = "Stop using a version. A rollback does not return to it.",
            mixinStandardHelpOptions = true)
    int retire(
            @Mixin ClusterOptions cluster,
            @Mixin RegistryOption registry,
            @Parameters(paramLabel = "VERSION", description = VERSION) String version,
            @Option(names = "--reason", paramLabel = "TEXT", defaultValue = "", description = REASON) String reason)
            throws InterruptedException {
        requireLine(reason);
        try (Connection to = Connection.open(cluster, registry)) {
            ReleaseLog log = to.releases().read();
            ReleaseLog.Entry chosen = find(log, version);
            if (log.champion()
                    .map(ReleaseLog.Entry::key)
                    .filter(chosen.key()::equals)
                    .isPresent()) {
                throw new UserException(chosen.key()
                        + " is the champion; run `digitstream models rollback`, or promote another version first");
            }
            to.releases()
                    .write(List.of(
                            next(chosen, ReleaseRole.RETIRED, chosen.release().getReplaced(), reason)));
            System.out.println("Retired " + chosen.key() + ".");
            return 0;
        }
    }

    /** Returns a version that was released, by its name and version or by its version alone. */
    private static ReleaseLog.Entry find(ReleaseLog log, String version) {
        List<ReleaseLog.Entry> found = log.latest().stream()
                .filter(entry -> entry.key().equals(version)
                        || entry.release().getModelVersion().equals(version))
                .toList();
        if (found.isEmpty()) {
            throw new UserException("'" + Excerpt.of(version) + "' is not a released version; "
                    + (log.latest().isEmpty()
                            ? "publish one with `digitstream models publish DIR`"
                            : "`digitstream models list` lists them"));
        }
        if (found.size() > 1) {
            throw new UserException("several models have the version '" + Excerpt.of(version) + "'; use "
                    + String.join(
                            " or ", found.stream().map(ReleaseLog.Entry::key).toList()));
        }
        return found.get(0);
    }

    private static ModelRelease next(ReleaseLog.Entry of, ReleaseRole role, @Nullable String replaced, String reason) {
        if (of.release().getUri() == null && role == ReleaseRole.CHAMPION) {
            throw new UserException(
                    of.key() + " was released by an older version of digitstream, which did not say where"
                            + " it is; publish it again with `digitstream models publish DIR`");
        }
        return ModelRelease.newBuilder(of.release())
                .setRole(role)
                .setStartedAt(Instant.now())
                .setReplaced(replaced)
                .setReleasedBy(Releaser.name())
                .setReason(reason)
                .build();
    }

    @Command(
            name = "list",
            description = "List the versions with their roles, and which process serves which version.",
            mixinStandardHelpOptions = true)
    int list(@Mixin ClusterOptions cluster, @Mixin RegistryOption registry) throws InterruptedException {
        try (Connection to = Connection.open(cluster, registry)) {
            List<ModelInstance> instances = new InstanceTopic(
                            to.clients(), to.schemas(), to.settings().topics().instances())
                    .read();
            ModelsText.list(to.releases().read(), instances, Instant.now()).forEach(System.out::println);
            return 0;
        }
    }

    @Command(name = "history", description = "List all releases, oldest first.", mixinStandardHelpOptions = true)
    int history(@Mixin ClusterOptions cluster, @Mixin RegistryOption registry) throws InterruptedException {
        try (Connection to = Connection.open(cluster, registry)) {
            ModelsText.history(to.releases().read()).forEach(System.out::println);
            return 0;
        }
    }
}
