package digitstream.dashboard;

import digitstream.dashboard.Mistakes.Mistake;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** An order of mistakes. */
enum MistakeOrder {
    /** The one found last first. */
    LATEST,
    /** The most confident one first: such images are often mislabelled. */
    CONFIDENT,
    /** The least confident one first. */
    UNSURE;

    Comparator<Mistake> comparator() {
        return switch (this) {
            case LATEST -> Comparator.comparingLong(Mistake::number).reversed();
            case CONFIDENT -> Comparator.comparingDouble(Mistake::confidence).reversed();
            case UNSURE -> Comparator.comparingDouble(Mistake::confidence);
        };
    }

    /** The name in requests. */
    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<MistakeOrder> of(String code) {
        return Arrays.stream(values())
                .filter(order -> order.code().equals(code))
                .findFirst();
    }

    /** All names, for a message. */
    static String codes() {
        return Arrays.stream(values()).map(MistakeOrder::code).collect(Collectors.joining(" or "));
    }
}
