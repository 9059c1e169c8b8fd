/**
 * The store of the images' states.
 *
 * <pre>
 *   states of a commit --> StateChunk --+--> changelog: one record
 *                                       +--> ImageStore, until the commit --> ImageSegments: RocksDB, dropped by time
 * </pre>
 */
@NullMarked
package digitstream.score.images;

import org.jspecify.annotations.NullMarked;
