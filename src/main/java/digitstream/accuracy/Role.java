package digitstream.accuracy;

/** In which topics a model version's predictions of an image are. */
public enum Role {
    /** In the topic of predictions only. */
    CHAMPION(0),
    /** In the topic of challengers only. */
    CHALLENGER(1),
    /** In both: the version was promoted, and then classified the image again. */
    BOTH(2);

    private final int code;

    Role(int code) {
        this.code = code;
    }

    /** How the role is stored; 0 for the role that states of older versions have. */
    int code() {
        return code;
    }

    /**
     * The role of a code.
     *
     * @throws IllegalArgumentException if there is none
     */
    static Role of(int code) {
        return switch (code) {
            case 0 -> CHAMPION;
            case 1 -> CHALLENGER;
            case 2 -> BOTH;
            default -> throw new IllegalArgumentException("unknown role " + code + " in an image state");
        };
    }

    public boolean isChampion() {
        return this != CHALLENGER;
    }

    public boolean isChallenger() {
        return this != CHAMPION;
    }

    /** The role of a version that has this role and another one. */
    Role and(Role other) {
        return this == other ? this : BOTH;
    }
}
