/** What the tests share: servers, a model, and promises as assertions. */
package digitstream.testing;
