package digitstream.dashboard;

import digitstream.testing.Await;
import digitstream.testing.Processes;
import digitstream.testing.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real nginx with its own configuration and files, on a free port of loopback. */
final class NginxProxy implements AutoCloseable {
    private final Process process;
    private final int port;

    private NginxProxy(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts nginx.
     *
     * @param folder where its files go
     * @param locations what its server serves, as blocks of its configuration
     */
    static NginxProxy start(Path folder, String locations) throws Exception {
        Path program = Programs.require("nginx");
        Path files = Files.createTempDirectory(folder, "nginx");
        int port = freePort();
        // A single process, so that it can write to a folder of this user.
        Path configuration = Files.writeString(
                files.resolve("nginx.conf"),
                """
                daemon off;
                master_process off;
                pid %1$s/nginx.pid;
                error_log %1$s/error.log;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body;
                  proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/fastcgi;
                  uwsgi_temp_path %1$s/uwsgi;
                  scgi_temp_path %1$s/scgi;
                  proxy_buffering on;
                  server {
                    listen 127.0.0.1:%2$d;
                    %3$s
                  }
                }
                """
                        .formatted(files, port, locations));
        Path output = files.resolve("output.txt");
        Process process = new ProcessBuilder(List.of(
                        program.toString(),
                        "-e",
                        files.resolve("error.log").toString(),
                        "-p",
                        files.toString(),
                        "-c",
                        configuration.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        NginxProxy nginx = new NginxProxy(process, port);
        Await.until("nginx listens", Duration.ofSeconds(20), () -> {
            if (!process.isAlive()) {
                throw new AssertionError("nginx has ended: " + Files.readString(output));
            }
            return nginx.listens();
        });
        return nginx;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** The URL of its root. */
    String url() {
        return "http://127.0.0.1:" + port + "/";
    }

    @Override
    public void close() {
        Processes.stop(process, Duration.ofSeconds(10));
    }
}
