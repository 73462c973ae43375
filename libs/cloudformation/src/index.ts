// CloudFormation and SAM templates to ordered resources.
export {}
