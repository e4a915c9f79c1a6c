# SPDX-License-Identifier: Apache-2.0
"""A jitted JAX function and its gradient."""
import os

os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")

import jax  # noqa: E402 (the variable above must be set before)
import jax.numpy as jnp  # noqa: E402


@jax.jit
def loss(w, x):
    return jnp.tanh(x @ w).sum()


x = jnp.arange(64 * 64, dtype=jnp.float32).reshape(64, 64) / 4096
w = jnp.eye(64, dtype=jnp.float32)
print(jax.devices()[0].platform, float(loss(w, x)).hex())
print("gradient", float(jax.grad(loss)(w, x).sum()).hex())
