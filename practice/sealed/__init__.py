"""Health answers at rest: `field.SealedField` encrypts a value and binds it to its row.

Others may use `field.{SealedField,Sealed,seal_bytes,unseal_bytes}`; `own_keys` is for the settings of a demo.
It never filters, sorts or logs what it has sealed.
"""
