package digitstream.challenge;

import java.util.OptionalLong;

/** What a policy decides. */
public sealed interface Decision {
    /** A sentence with the figures that led to the decision. */
    String reason();

    /** The challenger is to become the champion. */
    record Promote(String reason) implements Decision {}

    /** The previous champion is to serve again. */
    record RollBack(String reason) implements Decision {}

    /**
     * The evidence does not suffice.
     *
     * @param moreLabels how many more labels a decision takes if the shares stay as they are; nothing if they never lead to one
     */
    record Undecided(String reason, OptionalLong moreLabels) implements Decision {}
}
