package digitstream.score;

/** A marker: there are pending counts, which must be written before the next commit. */
record Counted() {
    static final Counted MARKER = new Counted();
}
