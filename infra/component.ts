import { ComponentResource, type ComponentResourceOptions } from '@pulumi/pulumi';

/** A group of resources that are made, shown and deleted together. Its type token is `carillon:<area>:<Name>`. */
export abstract class Component extends ComponentResource {
  /** Options of everything inside: the provider comes with the parent. */
  protected readonly inside: { parent: ComponentResource } = { parent: this };

  constructor(type: `carillon:${string}:${string}`, name: string, options: ComponentResourceOptions) {
    super(type, name, {}, options);
  }
}
