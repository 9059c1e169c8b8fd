package digitstream.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns SIGINT and SIGTERM into a request to stop, which a command polls or waits for. A second signal halts the process
 * immediately. Uses {@code sun.misc.Signal}, because a shutdown hook can't change the exit status, and reflection, because the
 * compiler rejects that class when {@code --release} is set. Thread-safe.
 */
final class Interrupts {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);
    private static final int INTERRUPTED_STATUS = 130;

    private final CountDownLatch requested = new CountDownLatch(1);

    /** Installs handlers for both signals. */
    static Interrupts listen() {
        Interrupts interrupts = new Interrupts();
        for (String signal : new String[] {"INT", "TERM"}) {
            interrupts.handle(signal);
        }
        return interrupts;
    }

    /** Returns whether a signal has arrived. */
    boolean stopRequested() {
        return requested.getCount() == 0;
    }

    /** Waits for a signal. */
    void await() throws InterruptedException {
        requested.await();
    }

    /** Waits for a signal for at most this long, and returns whether one has arrived. */
    boolean await(long millis) throws InterruptedException {
        return requested.await(millis, TimeUnit.MILLISECONDS);
    }

    private void handle(String name) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
                onSignal();
            }
            return method.getReturnType() == int.class ? (Object) System.identityHashCode(proxy) : null;
        };
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> signalHandler = Class.forName("sun.misc.SignalHandler");
            signal.getMethod("handle", signal, signalHandler)
                    .invoke(
                            null,
                            signal.getConstructor(String.class).newInstance(name),
                            Proxy.newProxyInstance(
                                    Interrupts.class.getClassLoader(), new Class<?>[] {signalHandler}, handler));
        } catch (ReflectiveOperationException e) {
            // Without a handler the signal terminates the process immediately, which is the default.
            LOG.warn("Can't install a handler for signal {}; it will stop the process immediately", name, e);
        }
    }

    private void onSignal() {
        if (stopRequested()) {
            ImmediateExit.with(INTERRUPTED_STATUS);
        }
        requested.countDown();
    }
}
