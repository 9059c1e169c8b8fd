/** Where digits come from: IDX files, a download of MNIST, or the program's own drawing. */
@NullMarked
package digitstream.data;

import org.jspecify.annotations.NullMarked;
