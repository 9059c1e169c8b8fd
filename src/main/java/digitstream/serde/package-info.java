/** Avro in the Confluent wire format. Only this package imports the schema registry client. */
@NullMarked
package digitstream.serde;

import org.jspecify.annotations.NullMarked;
