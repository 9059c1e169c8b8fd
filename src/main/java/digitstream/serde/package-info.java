/** Avro in the Confluent wire format; the only import of the schema registry's client. */
@NullMarked
package digitstream.serde;

import org.jspecify.annotations.NullMarked;
