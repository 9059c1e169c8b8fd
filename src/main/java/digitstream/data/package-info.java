/** Sources of digit images: files on disk, a download of MNIST, or digits drawn by the program. */
@NullMarked
package digitstream.data;

import org.jspecify.annotations.NullMarked;
