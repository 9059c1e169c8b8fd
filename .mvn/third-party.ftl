<#-- The list of the libraries' licences, for license-maven-plugin. -->
<#function licenseFormat licenses>
  <#assign result = ""/>
  <#list licenses as license>
    <#assign result = result + license + (license_has_next?then(" or ", ""))/>
  </#list>
  <#return result>
</#function>
Third-party software in this folder

lib/ holds these libraries. Each line has the licence as the library's POM names it, and the library.

<#list dependencyMap as entry>
<#assign project = entry.getKey()/>
${licenseFormat(entry.getValue())}: ${project.name} (${project.groupId}:${project.artifactId}:${project.version}<#if project.url??>, ${project.url}</#if>)
</#list>

The native library inside pytorch-native-cpu is PyTorch's (https://pytorch.org), under a BSD-style licence. The jar of
flink-sql-avro-confluent-registry contains the Confluent Schema Registry client (https://github.com/confluentinc/schema-registry),
under the Apache License 2.0.

registry/ is Apicurio Registry (https://www.apicur.io/registry/), under the Apache License 2.0, with its own libraries in registry/lib.
