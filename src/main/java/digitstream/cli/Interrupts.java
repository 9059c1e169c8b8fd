package digitstream.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ctrl-C and termination as a wish that a command answers when it is ready. The second one ends the process at once. Through
 * {@code sun.misc.Signal}, because a shutdown hook can't change the exit status; by reflection, because the compiler refuses
 * the class where it is told a release.
 */
final class Interrupts {
    private static final Logger LOG = LoggerFactory.getLogger(Interrupts.class);
    private static final int STATUS_OF_AN_INTERRUPT = 130;

    private final CountDownLatch asked = new CountDownLatch(1);

    /** Begins to listen. */
    static Interrupts listen() {
        Interrupts interrupts = new Interrupts();
        for (String signal : new String[] {"INT", "TERM"}) {
            interrupts.handle(signal);
        }
        return interrupts;
    }

    boolean asked() {
        return asked.getCount() == 0;
    }

    /** Waits until a signal comes. */
    void await() throws InterruptedException {
        asked.await();
    }

    /** Waits until a signal comes, or the time is over; says which. */
    boolean await(long millis) throws InterruptedException {
        return asked.await(millis, TimeUnit.MILLISECONDS);
    }

    private void handle(String name) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("handle")) {
                answer();
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
            // Without it a signal ends the process at once, as it does any other.
            LOG.warn("Signal {} can't be listened to", name, e);
        }
    }

    private void answer() {
        if (asked()) {
            Runtime.getRuntime().halt(STATUS_OF_AN_INTERRUPT);
        }
        asked.countDown();
    }
}
