/** Shared test fixtures: servers, a model, processes, and assertions of delivery guarantees. */
package digitstream.testing;
