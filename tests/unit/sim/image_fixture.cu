// SPDX-License-Identifier: Apache-2.0
//
// Compiled by check_image_nvcc.c, which knows the name, parameters and memory of each kernel and
// variable here.
struct pair24 {
	double a;
	int b[4];
};

struct alignas(16) wide {
	float x[4];
	char c;
};

struct large {
	char bytes[20000];
};

__device__ int g_zero[16];
__device__ int g_init[4] = { 1, 2, 3, 4 };
__constant__ float c_tab[8] = { 1.0f, 2.0f };
__constant__ int c_zero;
__managed__ int m_val = 77;
__managed__ double m_zero[3];

extern "C" __global__ void plain(int *p, int n)
{
	__shared__ int s[32];

	s[threadIdx.x % 32] = p[n] + g_zero[n & 15] + g_init[n & 3];
	__syncthreads();
	p[n] = s[(threadIdx.x + 1) % 32] + c_tab[n & 7] + c_zero + m_val + m_zero[n % 3];
}

extern "C" __global__ void __launch_bounds__(256, 2)
bounded(char c, pair24 s, short h, wide w, double *o)
{
	*o = c + s.a + s.b[2] + h + w.x[1] + w.c;
}

extern "C" __global__ void no_arguments()
{
}

template <typename T> __global__ void with_type(T a, T *b)
{
	*b = a;
}
template __global__ void with_type<float>(float, float *);

extern "C" __global__ void dynamic(int *p)
{
	extern __shared__ int d[];

	d[threadIdx.x] = p[0];
	__syncthreads();
	p[1] = d[0];
}

extern "C" __global__ void local_array(int *p, int n)
{
	int a[64];

	for (int i = 0; i < 64; i++)
		a[i] = p[i];
	for (int i = 0; i < n; i++)
		a[p[i] & 63] += a[p[i + 1] & 63];
	p[0] = a[n & 63];
}

#if !defined(__CUDA_ARCH__) || __CUDA_ARCH__ >= 900
#define CLUSTER __cluster_dims__(2, 1, 1)
#else
#define CLUSTER
#endif
extern "C" __global__ void CLUSTER clustered(int *p)
{
	*p = 1;
}

// More than 4 KiB of parameters: allowed from sm_70 on.
extern "C" __global__ void many_bytes(large a, int *p)
{
	*p = a.bytes[*p];
}
