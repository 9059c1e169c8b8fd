/**
 * Who may do what on the dashboard's server, and how much at once.
 *
 * <pre>
 *   request --> Bounded --> Guard: Host, Origin, login --> reading
 *                                     |
 *                                     +--> read-only, login, JSON, rate --> RequestBody --> drawing, labelling
 *   a refusal at any point --> JsonErrors
 * </pre>
 */
@NullMarked
package digitstream.dashboard.access;

import org.jspecify.annotations.NullMarked;
