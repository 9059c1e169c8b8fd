/** Opens the files of data sets, and says in plain English why one can't be read. */
@NullMarked
package digitstream.data.files;

import org.jspecify.annotations.NullMarked;
